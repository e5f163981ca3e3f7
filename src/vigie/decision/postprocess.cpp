#include "vigie/decision/postprocess.h"

#include "vigie/core/error.h"
#include "vigie/core/options.h"
#include "vigie/imaging/blur.h"

namespace vigie {

namespace {

OptionList describe(Postprocess& postprocess) {
  OptionList list;
  list.add("sigma", postprocess.sigma, "Gaussian smoothing of the map, pixels of the network input, 0 … 64", 0, 64);
  list.add("image_score", postprocess.image_score, "maximum of the smoothed map, or the detector's own score",
           {"map_max", "detector"});
  return list;
}

}  // namespace

nlohmann::json json_from_postprocess(const Postprocess& postprocess) {
  Postprocess copy = postprocess;
  return describe(copy).to_json();
}

Postprocess postprocess_from_json(const nlohmann::json& object) {
  Postprocess postprocess;
  describe(postprocess).assign(object, "postprocess");
  return postprocess;
}

Tensor input_map(const Tensor& grid, std::int64_t height, std::int64_t width, double sigma) {
  VIGIE_CHECK(grid.rank() == 2 && grid.dtype() == DType::F32 && !grid.empty(), "input_map",
              "the grid must be f32 [h w] and not empty, got {} {}", name_of(grid.dtype()), to_string(grid.shape()));
  VIGIE_CHECK(height > 0 && width > 0, "input_map", "the map must have pixels, got {} x {}", height, width);
  return resize_smoothed(grid, height, width, sigma);
}

}  // namespace vigie
