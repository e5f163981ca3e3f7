#include "vigie/pipeline/inspector.h"

#include <algorithm>
#include <cmath>

#include "vigie/imaging/resize.h"

namespace vigie {

namespace {

// Smaller blobs than this share of the image are noise of the interpolation, not regions to show.
constexpr double kMinRegionShare = 2e-5;

std::unique_ptr<Detector> detector_of(const Model& model) {
  auto detector = detector_info(model.detector).create(model.detector_options);
  const auto& outputs = model.network.graph.outputs;
  const auto layers = detector->layers();
  const auto same_name = [](const nn::Output& output, const std::string& layer) { return output.name == layer; };
  if (!std::equal(outputs.begin(), outputs.end(), layers.begin(), layers.end(), same_name))
    fail(ErrorKind::BadFile, "inspector", "the network's outputs are not the {} layers that {} wants", layers.size(),
         model.detector);
  detector->set_state(model.state);
  return detector;
}

}  // namespace

Inspector::Inspector(Model model) : model_(std::move(model)), detector_(detector_of(model_)), engine_(model_.network) {
  const Preprocess& preprocess = model_.preprocess;
  (void)evidence(Tensor::zeros({1, preprocess.height, preprocess.width, 3}));
}

Inspector open_inspector(const std::filesystem::path& path) {
  Model model = load_model(path);
  try {
    return Inspector(std::move(model));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Unsupported) throw;
    fail(ErrorKind::BadFile, "open_inspector", "{}: the model cannot run: {}", path.string(), error.what());
  }
}

std::vector<Evidence> Inspector::evidence(const Tensor& inputs) const {
  const std::vector<RawResult> raw = detector_->predict(engine_.run(inputs));
  std::vector<Evidence> out(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    out[i].score = raw[i].score;
    if (raw[i].map.empty()) continue;
    out[i].map = input_map(raw[i].map, inputs.dim(1), inputs.dim(2), model_.postprocess.sigma);
    const auto values = out[i].map.values<float>();
    if (model_.postprocess.image_score == "map_max") out[i].score = *std::max_element(values.begin(), values.end());
  }
  return out;
}

Verdict Inspector::inspect(const Tensor& image) const {
  const Preprocess& preprocess = model_.preprocess;
  const Tensor input = preprocess_image(image, preprocess);
  Evidence found = std::move(evidence(input.reshaped({1, preprocess.height, preprocess.width, 3})).front());
  Verdict verdict;
  verdict.score = found.score;
  verdict.anomalous = verdict.score >= model_.calibration.image_threshold;
  verdict.confidence = confidence(model_.calibration, verdict.score);
  if (found.map.empty()) return verdict;
  verdict.map = map_on_image(found.map, preprocess, image.dim(0), image.dim(1));
  const auto pixels = static_cast<double>(verdict.map.count());
  const auto min_area = std::max<std::int64_t>(1, std::llround(pixels * kMinRegionShare));
  verdict.regions = find_regions(verdict.map, static_cast<float>(model_.calibration.pixel_threshold), min_area);
  return verdict;
}

Tensor map_on_image(const Tensor& map, const Preprocess& preprocess, std::int64_t height, std::int64_t width) {
  const ResizeWindow seen = network_window(height, width, preprocess);
  if (seen.full_height == map.dim(0) && seen.full_width == map.dim(1)) return resize_bilinear(map, height, width);
  const auto values = map.values<float>();
  Tensor full = Tensor::full({seen.full_height, seen.full_width}, *std::min_element(values.begin(), values.end()));
  for (std::int64_t y = 0; y < map.dim(0); ++y)
    std::copy_n(map.data<float>() + y * map.dim(1), map.dim(1),
                full.data<float>() + (seen.top + y) * seen.full_width + seen.left);
  return resize_bilinear(full, height, width);
}

nlohmann::json json_from_verdict(const Verdict& verdict, const Calibration& calibration) {
  nlohmann::json regions = nlohmann::json::array();
  for (const Region& region : verdict.regions)
    regions.push_back({{"box", {region.left, region.top, region.right, region.bottom}},
                       {"area", region.area},
                       {"score", region.score},
                       {"centroid", {region.centroid_x, region.centroid_y}}});
  return {{"score", verdict.score},
          {"threshold", calibration.image_threshold},
          {"anomalous", verdict.anomalous},
          {"confidence", verdict.confidence},
          {"regions", std::move(regions)}};
}

}  // namespace vigie
