#include "vigie/pipeline/inspector.h"

#include <chrono>

namespace vigie {

namespace {

std::vector<StageInspector> ready(const Model& model) {
  std::vector<StageInspector> stages;
  stages.reserve(model.stages.size());
  for (const Stage& stage : model.stages) stages.emplace_back(stage);
  return stages;
}

}  // namespace

Inspector::Inspector(Model model)
    : model_(std::move(model)), stages_(ready(model_)), training_(training_look_of(model_.provenance)) {}

const StageInspector& Inspector::stage() const {
  (void)model_.stage();
  return stages_.front();
}

Verdict Inspector::inspect(const Tensor& image, StageTimes* times) const {
  StageTimes unwanted;
  StageTimes& spent = times != nullptr ? *times : unwanted;
  Verdict verdict;
  for (std::size_t i = 0; i < stages_.size() && !verdict.anomalous; ++i) {
    static_cast<StageVerdict&>(verdict) = stages_[i].inspect(image, spent);
    verdict.stage = i;
  }
  const auto start = std::chrono::steady_clock::now();
  if (training_) verdict.differences = differences(*training_, look_of(image));
  spent.decision += std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return verdict;
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

nlohmann::json json_from_verdict(const Verdict& verdict, const Stage& stage) {
  nlohmann::json regions = nlohmann::json::array();
  for (const Region& region : verdict.regions)
    regions.push_back({{"box", {region.left, region.top, region.right, region.bottom}},
                       {"area", region.area},
                       {"score", region.score},
                       {"centroid", {region.centroid_x, region.centroid_y}}});
  nlohmann::json out = {{"decided_by", stage.name},
                        {"score", verdict.score},
                        {"threshold", stage.calibration.image_threshold},
                        {"anomalous", verdict.anomalous},
                        {"confidence", verdict.confidence},
                        {"regions", std::move(regions)}};
  if (!verdict.regions.empty()) out["region_level"] = verdict.region_level;
  for (const Difference& difference : verdict.differences) out["warnings"].push_back(difference.text);
  return out;
}

}  // namespace vigie
