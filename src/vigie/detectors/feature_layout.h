#pragma once

#include "vigie/detectors/detector.h"

namespace vigie {

/// Grid and channels of one layer's features.
struct LayerShape {
  std::int64_t height = 0, width = 0, channels = 0;
  bool operator==(const LayerShape&) const = default;
};

/// The layers that a detector was fitted on, in its order. Empty: not fitted.
using FeatureLayout = std::vector<LayerShape>;

/// Layout of one batch. Throws InvalidArgument unless every layer is F32 [B h w C], not empty, finite, with the same B.
FeatureLayout layout_of(const Features& features, const std::string& detector);

/// Throws InvalidArgument when `fitted` is empty or the features differ from it, with both in the message.
void check_layout(const Features& features, const FeatureLayout& fitted, const std::string& detector);

nlohmann::json json_from_layout(const FeatureLayout& layout);
/// Throws BadFile unless the value is a list of `layers` sane layer shapes.
FeatureLayout layout_from_json(const nlohmann::json& value, std::size_t layers, const std::string& detector);

/// What a detector needs of the normal images.
struct NormalsNeeded {
  std::string detector;    ///< its name, for messages and progress
  std::size_t layers = 0;  ///< tensors per batch
  std::int64_t images = 1;
};

/// One pass over the normals: checks every batch, reports progress, stops on request. Returns the layout all batches
/// share. Throws InvalidArgument when there are too few images, Cancelled.
FeatureLayout read_normals(const FeatureStream& normals, const FitContext& context, const NormalsNeeded& needed,
                           const std::function<void(const Features&, std::int64_t first)>& visit);

/// F32 [B h w C] -> [B C]: the mean over the grid.
Tensor global_average(const Tensor& layer);

/// Throws InvalidArgument when `layers` is empty, or names a layer twice or an empty one.
void check_layer_names(const std::vector<std::string>& layers, const std::string& detector);

}  // namespace vigie
