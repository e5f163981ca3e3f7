#include "vigie/detectors/layout_detector.h"

#include "vigie/detectors/state_reader.h"

namespace vigie {

LayoutDetector::LayoutDetector(std::string name, std::vector<std::string> layers)
    : name_(std::move(name)), layers_(std::move(layers)) {
  check_layer_names(layers_, name_);
}

void LayoutDetector::fit(const FeatureStream& normals, const FitContext& context) {
  const FeatureLayout layout =
      read_normals(normals, context, {name_, layers_.size(), 1}, [](const Features&, std::int64_t) {});
  const std::string problem = objection(layout);
  VIGIE_CHECK(problem.empty(), name_, "{}", problem);
  layout_ = layout;
}

DetectorState LayoutDetector::state() const {
  VIGIE_CHECK(!layout_.empty(), name_, "not fitted: there is no state");
  return {{{"layout", json_from_layout(layout_)}}, {}};
}

void LayoutDetector::set_state(const DetectorState& state) {
  const StateReader reader(state, name_);
  const FeatureLayout layout = reader.layout(layers_.size());
  const std::string problem = objection(layout);
  reader.require(problem.empty(), problem);
  layout_ = layout;
}

std::string LayoutDetector::objection(const FeatureLayout&) const {
  return {};
}

}  // namespace vigie
