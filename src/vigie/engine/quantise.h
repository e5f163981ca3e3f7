#pragma once

#include <functional>
#include <string>
#include <vector>

#include "vigie/core/options.h"
#include "vigie/core/progress.h"
#include "vigie/nn/passes.h"
#include "vigie/nn/quantisation.h"

namespace vigie {

/// How the int8 ranges of activations are chosen.
struct QuantiseOptions {
  std::string range = "mse";  ///< "mse": least squared rounding + clipping error; "percentile"; "max"
  double percentile = 99.99;  ///< range = percentile: share of the magnitudes kept, 90 … 100
  double min_sqnr_db = 30.0;  ///< a layer whose int8 result has a lower signal-to-noise ratio stays in higher precision
  bool keep_first =
      true;  ///< the layer that reads the image stays in higher precision, since its error enters all others

  void describe(OptionList& list) {
    list.add("range", range, "bound of an int8 range: least squared error, percentile of magnitudes, or largest",
             {"mse", "percentile", "max"});
    list.add("percentile", percentile, "range = percentile: share of the magnitudes kept, 90 … 100", 90, 100);
    list.add("min_sqnr_db", min_sqnr_db, "layers that int8 computes with a lower signal-to-noise ratio are kept, dB", 0,
             200);
    list.add("keep_first", keep_first, "keep the layer that reads the image in higher precision");
  }
};

/// Calls visit(input F32 [B H W C]) for batches of normal images; the same ones each time it is called.
using InputStream = std::function<void(const std::function<void(const Tensor& input)>& visit)>;

/// Signal-to-noise ratio of one convolution or linear layer computed in int8.
struct LayerNoise {
  std::string node;
  double sqnr_db = 0;  ///< energy of its F32 result over that of the error; 200 where there is no error
};

/// Measures on normal images what Int8 needs. Runs the network in F32 over the stream, twice. A handful of images is
/// enough (about 16). A layer's noise is that of rounding its own weights and inputs, given the exact inputs, so that a
/// layer does not answer for those before it; it needs no int8 instructions, and comes out alike on every machine.
/// Appends every layer's noise to `noise` when given. Throws InvalidArgument when the stream is empty or gives values
/// that are not finite, Cancelled.
nn::Quantisation quantise(const nn::Network& network, const InputStream& inputs, const QuantiseOptions& options,
                          const RunContext& context, std::vector<LayerNoise>* noise = nullptr);

}  // namespace vigie
