#include "vigie/pipeline/synthetic_trial.h"

#include <cmath>
#include <limits>

#include "vigie/data/part_reading.h"
#include "vigie/imaging/colour.h"

namespace vigie {

namespace {

double peak_inside(const Tensor& map, const Tensor& mask) {
  double peak = std::numeric_limits<double>::quiet_NaN();
  if (map.empty()) return peak;
  const auto values = map.values<float>();
  const auto inside = mask.values<std::uint8_t>();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (inside[i] != 0) peak = std::fmax(peak, values[i]);
  return peak;
}

}  // namespace

void for_each_defect(
    const Tensor& image, const Preprocess& preprocess, Random& random,
    const std::function<void(const SyntheticDefectKind&, const SyntheticDefect&, const Tensor&)>& visit) {
  for (const SyntheticDefectKind& kind : synthetic_defects()) {
    const SyntheticDefect defect = kind.make(image, random);
    visit(kind, defect, network_input(defect.image, preprocess));
  }
}

std::vector<Trial> try_defects(const Sample& sample, const Preprocess& preprocess, const ImageReadOptions& reading,
                               std::uint64_t seed, const std::function<Evidence(const Tensor&)>& judge) {
  const Tensor image = to_rgb8(read_image(sample.image, reading_for(preprocess, reading)));
  Random random(derive_seed(seed, "synthetic trial"));
  std::vector<Trial> trials;
  for_each_defect(image, preprocess, random,
                  [&](const SyntheticDefectKind& kind, const SyntheticDefect& defect, const Tensor& input) {
                    const Evidence found = judge(input);
                    const Tensor inside = preprocess_mask(defect.mask, preprocess);
                    trials.push_back({std::string(kind.name), found.score, peak_inside(found.map, inside)});
                  });
  return trials;
}

TrialSummary summary_of(const std::vector<Trial>& trials, const Calibration& calibration) {
  TrialSummary summary;
  for (const Trial& trial : trials) {
    const bool found = trial.score >= calibration.image_threshold;
    ++summary.defects;
    summary.found += found ? 1 : 0;
    summary.located += found && trial.peak_inside >= calibration.pixel_threshold ? 1 : 0;
  }
  return summary;
}

std::string text_of(const TrialSummary& summary, const Calibration& calibration) {
  if (summary.defects == 0) return "no synthetic defect was tried";
  if (summary.found == 0)
    return fmt::format(
        "NONE OF {} SYNTHETIC DEFECTS IS FOUND AT THE THRESHOLD {:.4g}: THIS MODEL WOULD PASS NEARLY EVERYTHING. Some "
        "good parts score as high as defects: look at those with the highest scores, give more good parts, a larger "
        "image size, or another detector",
        summary.defects, calibration.image_threshold);
  const std::string where =
      std::isnan(calibration.pixel_threshold) ? "" : fmt::format(", {} of them where it is", summary.located);
  return fmt::format("synthetic defects: {} of {} found{}", summary.found, summary.defects, where);
}

nlohmann::json json_from_trials(const TrialSummary& summary) {
  return {{"defects", summary.defects}, {"found", summary.found}, {"located", summary.located}};
}

}  // namespace vigie
