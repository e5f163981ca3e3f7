#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "vigie/core/random.h"
#include "vigie/data/image_batches.h"
#include "vigie/decision/calibration.h"
#include "vigie/imaging/synthetic_defects.h"
#include "vigie/pipeline/evidence.h"

namespace vigie {

/// A synthetic defect drawn on a good part that the judging detector did not learn from, and what was found of it.
struct Trial {
  std::string kind;        ///< "cut_paste"
  double score = 0;        ///< image score
  double peak_inside = 0;  ///< largest map value on the defect; NaN without a map
};

/// How many trials a calibration finds.
struct TrialSummary {
  std::int64_t defects = 0;
  std::int64_t found = 0;    ///< rejected
  std::int64_t located = 0;  ///< rejected, and the map reaches the pixel threshold on the defect
};

/// Draws one defect of every kind on `image` U8 [H W 3] and calls visit(kind, defect, network input F32 [1 height width
/// 3]).
void for_each_defect(
    const Tensor& image, const Preprocess& preprocess, Random& random,
    const std::function<void(const SyntheticDefectKind&, const SyntheticDefect&, const Tensor&)>& visit);

/// Draws one defect of every kind on `sample` and judges each. judge: network input F32 [1 height width 3] -> evidence.
/// The same seed draws the same defects.
std::vector<Trial> try_defects(const Sample& sample, const Preprocess& preprocess, const ImageReadOptions& reading,
                               std::uint64_t seed, const std::function<Evidence(const Tensor&)>& judge);

TrialSummary summary_of(const std::vector<Trial>& trials, const Calibration& calibration);

/// "synthetic defects: 41 of 48 found, 38 where they are". In capitals, with what to do, when none is found.
std::string text_of(const TrialSummary& summary, const Calibration& calibration);

/// {"defects", "found", "located"}
nlohmann::json json_from_trials(const TrialSummary& summary);

}  // namespace vigie
