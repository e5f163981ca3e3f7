#include "vigie/pipeline/stage_inspector.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "vigie/core/log.h"
#include "vigie/imaging/resize_window.h"
#include "vigie/imaging/value_range.h"

namespace vigie {

namespace {

std::unique_ptr<Detector> detector_of(const Stage& stage) {
  auto detector = detector_info(stage.detector).create(stage.detector_options);
  const auto& outputs = stage.network.graph.outputs;
  const auto layers = detector->layers();
  const auto same_name = [](const nn::Output& output, const std::string& layer) { return output.name == layer; };
  if (!std::equal(outputs.begin(), outputs.end(), layers.begin(), layers.end(), same_name))
    fail(ErrorKind::BadFile, "inspector", "the network's outputs are not the {} layers that {} wants", layers.size(),
         stage.detector);
  detector->set_state(stage.state);
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

StageInspector::StageInspector(const Stage& stage)
    : stage_(&stage), detector_(detector_of(stage)), engine_(stage.network, {stage.precision, stage.quantisation}) {
  if (precision() != stage.precision)
    log_warning("this processor lacks {}: the {} model runs in {}, slower and with slightly other scores",
                instructions_of(stage.precision), name_of(stage.precision), name_of(precision()));
  const Preprocess& preprocess = stage.preprocess;
  log_debug("{} on {} in {}, network input {} x {}, image threshold {:.6g}, pixel threshold {:.6g}", stage.detector,
            stage.backbone, name_of(precision()), preprocess.width, preprocess.height,
            stage.calibration.image_threshold, stage.calibration.pixel_threshold);
  (void)evidence(Tensor::zeros({1, preprocess.height, preprocess.width, 3}));
}

std::vector<Evidence> StageInspector::evidence(const Tensor& inputs) const {
  const std::vector<RawResult> raw = detector_->predict(engine_.run(inputs));
  std::vector<Evidence> out;
  for (const RawResult& result : raw)
    out.push_back(evidence_from(result, inputs.dim(1), inputs.dim(2), stage_->postprocess));
  return out;
}

Finding StageInspector::inspect(const Tensor& image, StageTimes& times) const {
  const Preprocess& preprocess = stage_->preprocess;
  Laps laps;
  const Tensor input = network_input(image, preprocess);
  laps.end(times.resize);
  const Features features = engine_.run(input);
  laps.end(times.backbone);
  const RawResult raw = std::move(detector_->predict(features).front());
  laps.end(times.detector);
  const Evidence found = evidence_from(raw, preprocess.height, preprocess.width, stage_->postprocess);
  Finding finding;
  if (!found.map.empty()) finding.map = map_on_image(found.map, preprocess, image.dim(0), image.dim(1));
  laps.end(times.map);
  decide(found.score, finding);
  laps.end(times.decision);
  return finding;
}

void StageInspector::decide(double score, Finding& finding) const {
  // Not a number is below every threshold: the part would pass.
  if (!std::isfinite(score)) fail(ErrorKind::Internal, "inspect", "the score is {}; the part was not inspected", score);
  const Calibration& calibration = stage_->calibration;
  finding.score = score;
  finding.anomalous = score >= calibration.image_threshold;
  finding.confidence = confidence(calibration, score);
  if (finding.map.empty()) return;
  ShownRegions shown = shown_regions(finding.map, finding.anomalous, static_cast<float>(calibration.pixel_threshold));
  finding.regions = std::move(shown.regions);
  finding.region_level = shown.level;
}

HeatRange StageInspector::heat() const {
  const Calibration& calibration = stage_->calibration;
  const bool same_scale = stage_->postprocess.image_score == "map_max";  // else the median is of another score
  return heat_range(same_scale ? calibration.median : std::numeric_limits<double>::quiet_NaN(),
                    calibration.pixel_threshold);
}

Tensor map_on_image(const Tensor& map, const Preprocess& preprocess, std::int64_t height, std::int64_t width) {
  return resize_bilinear_placed(map, network_window(height, width, preprocess), value_range(map).low, height, width);
}

}  // namespace vigie
