#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace vigie::nn {

/// What a graph needs to run in int8 beyond its weights: measured once on normal images, kept in the model file, the
/// same on every machine. Weight scales are not here: they follow from the weights (per output channel, largest
/// magnitude).
struct Quantisation {
  /// Per tensor, symmetric. The integer is round(value / bound · 255) in 0 … 255 when the value is never negative, else
  /// round(value / bound · 127) in −127 … 127; beyond the bound values saturate.
  struct Range {
    double bound = 0;  ///< > 0, finite
    bool negative = false;
  };
  std::map<std::string, Range> activations;  ///< by node name of the graph with batch norms folded
  std::vector<std::string> kept;  ///< nodes that stay in higher precision, since int8 would lose too much there
  bool empty() const { return activations.empty(); }
};

/// {"activations": {"relu": [bound, negative]}, "kept": ["conv1"]}
nlohmann::json json_from_quantisation(const Quantisation& quantisation);
/// Checks types, and that bounds are positive and finite. Throws BadFile.
Quantisation quantisation_from_json(const nlohmann::json& object);

}  // namespace vigie::nn
