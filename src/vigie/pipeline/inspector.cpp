#include "vigie/pipeline/inspector.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "vigie/core/log.h"
#include "vigie/imaging/resize_window.h"
#include "vigie/imaging/value_range.h"

namespace vigie {

namespace {

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

// Adds the time since the last call, or since it was made, to a stage.
class Laps {
 public:
  void end(double& milliseconds) {
    const auto now = std::chrono::steady_clock::now();
    milliseconds += std::chrono::duration<double, std::milli>(now - last_).count();
    last_ = now;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace

Inspector::Inspector(Model model)
    : model_(std::move(model)),
      detector_(detector_of(model_)),
      engine_(model_.network, {model_.precision, model_.quantisation}),
      training_(training_look_of(model_.provenance)) {
  if (precision() != model_.precision)
    log_warning("this processor lacks {}: the {} model runs in {}, slower and with slightly other scores",
                instructions_of(model_.precision), name_of(model_.precision), name_of(precision()));
  const Preprocess& preprocess = model_.preprocess;
  log_debug("{} on {} in {}, network input {} x {}, image threshold {:.6g}, pixel threshold {:.6g}", model_.detector,
            model_.backbone, name_of(precision()), preprocess.width, preprocess.height,
            model_.calibration.image_threshold, model_.calibration.pixel_threshold);
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
  std::vector<Evidence> out;
  for (const RawResult& result : raw)
    out.push_back(evidence_from(result, inputs.dim(1), inputs.dim(2), model_.postprocess));
  return out;
}

Verdict Inspector::inspect(const Tensor& image, StageTimes* times) const {
  StageTimes unwanted;
  StageTimes& spent = times != nullptr ? *times : unwanted;
  const Preprocess& preprocess = model_.preprocess;
  Laps laps;
  const Tensor input = network_input(image, preprocess);
  laps.end(spent.resize);
  const Features features = engine_.run(input);
  laps.end(spent.backbone);
  const RawResult raw = std::move(detector_->predict(features).front());
  laps.end(spent.detector);
  const Evidence found = evidence_from(raw, preprocess.height, preprocess.width, model_.postprocess);
  Verdict verdict;
  if (!found.map.empty()) verdict.map = map_on_image(found.map, preprocess, image.dim(0), image.dim(1));
  laps.end(spent.map);
  decide(found.score, verdict);
  if (training_) verdict.differences = differences(*training_, look_of(image));
  laps.end(spent.decision);
  return verdict;
}

void Inspector::decide(double score, Verdict& verdict) const {
  // Not a number is below every threshold: the part would pass.
  if (!std::isfinite(score)) fail(ErrorKind::Internal, "inspect", "the score is {}; the part was not inspected", score);
  verdict.score = score;
  verdict.anomalous = score >= model_.calibration.image_threshold;
  verdict.confidence = confidence(model_.calibration, score);
  if (verdict.map.empty()) return;
  ShownRegions shown =
      shown_regions(verdict.map, verdict.anomalous, static_cast<float>(model_.calibration.pixel_threshold));
  verdict.regions = std::move(shown.regions);
  verdict.region_level = shown.level;
}

HeatRange Inspector::heat() const {
  const Calibration& calibration = model_.calibration;
  const bool same_scale = model_.postprocess.image_score == "map_max";  // else the median is of another score
  return heat_range(same_scale ? calibration.median : std::numeric_limits<double>::quiet_NaN(),
                    calibration.pixel_threshold);
}

Tensor map_on_image(const Tensor& map, const Preprocess& preprocess, std::int64_t height, std::int64_t width) {
  return resize_bilinear_placed(map, network_window(height, width, preprocess), value_range(map).low, height, width);
}

nlohmann::json json_from_verdict(const Verdict& verdict, const Calibration& calibration) {
  nlohmann::json regions = nlohmann::json::array();
  for (const Region& region : verdict.regions)
    regions.push_back({{"box", {region.left, region.top, region.right, region.bottom}},
                       {"area", region.area},
                       {"score", region.score},
                       {"centroid", {region.centroid_x, region.centroid_y}}});
  nlohmann::json out = {{"score", verdict.score},
                        {"threshold", calibration.image_threshold},
                        {"anomalous", verdict.anomalous},
                        {"confidence", verdict.confidence},
                        {"regions", std::move(regions)}};
  if (!verdict.regions.empty()) out["region_level"] = verdict.region_level;
  for (const Difference& difference : verdict.differences) out["warnings"].push_back(difference.text);
  return out;
}

}  // namespace vigie
