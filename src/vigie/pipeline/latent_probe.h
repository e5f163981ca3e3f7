#pragma once

#include <string>
#include <vector>

#include "vigie/engine/engine.h"
#include "vigie/pipeline/latent.h"

namespace vigie {

/// A network that runs, and which of its outputs are latent spaces: all but pictures ("input", "reconstruction…"). An
/// auto-encoder that gives nothing else is asked for the layer between its halves: "encoder.latent", of a
/// variational one "encoder.mean".
class LatentProbe {
 public:
  /// `model` must outlive the probe.
  explicit LatentProbe(const NamedModel& model);
  const NamedModel& named() const { return *named_; }
  /// Names of the latent spaces; may be empty.
  const std::vector<std::string>& layers() const { return layers_; }
  /// inputs F32 [B height width 3] -> one F32 [B D] per layer: the mean over its grid.
  std::vector<Tensor> run(const Tensor& inputs) const;

 private:
  const NamedModel* named_;
  std::vector<std::string> layers_;
  std::vector<std::size_t> outputs_;  ///< where among the engine's outputs each layer is
  Engine engine_;
};

/// F32 [N D] of one probe's layer in one version of the images: [probe][layer][version].
using LatentRows = std::vector<std::vector<std::vector<Tensor>>>;

/// Runs every probe over every version of every one of `samples`, a view of `dataset`; each image is read once. Version
/// 0 is the image as it is, version v its corruption v − 1; `versions` of them. Errors name the image. Advances
/// `progress` by samples x versions.
LatentRows run_probes(const std::vector<LatentProbe>& probes, const Dataset& dataset, std::span<const Sample> samples,
                      std::size_t versions, const LatentOptions& options, Progress& progress);

}  // namespace vigie
