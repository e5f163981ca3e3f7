#pragma once

#include <nlohmann/json.hpp>

#include "vigie/core/tensor.h"

namespace vigie {

/// From the detector's grid to a map people can look at. Stored in the model.
struct Postprocess {
  double sigma = 4.0;                   ///< Gaussian smoothing at network-input resolution, pixels, 0 … 64
  std::string image_score = "map_max";  ///< "map_max" | "detector"
};

nlohmann::json json_from_postprocess(const Postprocess& postprocess);
/// Missing keys keep their defaults. Throws InvalidArgument on unknown keys and values out of range.
Postprocess postprocess_from_json(const nlohmann::json& object);

/// Detector grid F32 [h w] -> F32 [H W] at network-input size: bilinear upsampling, then Gaussian smoothing.
Tensor input_map(const Tensor& grid, std::int64_t height, std::int64_t width, double sigma);

}  // namespace vigie
