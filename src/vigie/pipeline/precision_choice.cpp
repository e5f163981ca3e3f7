#include "vigie/pipeline/precision_choice.h"

#include "vigie/data/part_reading.h"
#include "vigie/imaging/colour.h"
#include "vigie/metrics/rank_correlation.h"
#include "vigie/metrics/scores.h"
#include "vigie/pipeline/fit_detector.h"
#include "vigie/pipeline/stage_inspector.h"

namespace vigie {

namespace {

constexpr std::size_t kLearnt = 64;
constexpr std::size_t kJudged = 32;

/// The parts on which precisions are compared, made anew for each so that they are never held at once: the same every
/// time. Calls visit(input F32 [1 height width 3]): the good ones first, then the synthetic defects of each.
void for_each_trial(const Stage& stage, std::span<const Sample> good, const FitOptions& options,
                    const std::function<void(const Tensor&)>& visit) {
  const Preprocess& preprocess = stage.preprocess;
  const ImageReadOptions reading = reading_for(preprocess, options.reading);
  const auto read = [&](const Sample& sample) { return to_rgb8(read_image(sample.image, reading)); };
  for (const Sample& sample : good) visit(network_input(read(sample), preprocess));
  Random random(derive_seed(options.seed, "precision"));
  for (const Sample& sample : good)
    for_each_defect(read(sample), preprocess, random,
                    [&](const SyntheticDefectKind&, const SyntheticDefect&, const Tensor& input) { visit(input); });
}

/// Scores of a small inspector in the stage's precision, in the order of the trial.
std::vector<double> judge(Stage stage, std::span<const Sample> normals, std::span<const Sample> good,
                          const FitOptions& options, const RunContext& context) {
  fit_detector(stage, normals, options, context);
  const StageInspector inspector(stage);
  std::vector<double> scores;
  for_each_trial(stage, good, options, [&](const Tensor& input) {
    context.check_cancelled("precision");
    scores.push_back(inspector.evidence(input).front().score);
  });
  return scores;
}

double auroc_of(const std::vector<double>& scores, std::size_t good) {
  const auto split = scores.begin() + static_cast<std::ptrdiff_t>(good);
  return SortedScores({scores.begin(), split}, {split, scores.end()}).auroc();
}

PrecisionAgreement compare(Precision precision, const std::vector<double>& scores, const std::vector<double>& exact,
                           std::size_t good) {
  PrecisionAgreement out{precision, rank_correlation(scores, exact), auroc_of(scores, good), auroc_of(exact, good),
                         false};
  out.agrees = out.rank_correlation >= kMinRankCorrelation && out.auroc >= out.auroc_f32 - kMaxAurocLoss;
  return out;
}

}  // namespace

PrecisionChoice choose_precision(const Stage& stage, const Split& split, const FitOptions& options,
                                 const RunContext& context) {
  PrecisionChoice choice;
  const std::vector<Sample> normals = spread(split.fit, kLearnt);
  const std::vector<Sample> good = spread(split.held_out, kJudged);
  Stage candidate = stage;
  candidate.precision = Precision::F32;
  const std::vector<double> exact = judge(candidate, normals, good, options, context);
  for (const Precision precision : {Precision::Int8, Precision::BF16}) {
    if (!runs_here(precision)) continue;
    candidate.precision = precision;
    candidate.quantisation = {};
    if (precision == Precision::Int8)
      candidate.quantisation = quantisation_for(stage, split.fit, options.int8_range, options.reading, context);
    const std::vector<double> scores = judge(candidate, normals, good, options, context);
    choice.tried.push_back(compare(precision, scores, exact, good.size()));
    if (!choice.tried.back().agrees) continue;
    choice.precision = precision;
    choice.quantisation = candidate.quantisation;
    break;
  }
  return choice;
}

std::string text_of(const PrecisionAgreement& agreement) {
  return fmt::format("{}: rank correlation {:.4f}, AUROC on synthetic defects {:.4f} (f32 {:.4f}): {}",
                     name_of(agreement.precision), agreement.rank_correlation, agreement.auroc, agreement.auroc_f32,
                     agreement.agrees ? "agrees" : "does not agree");
}

nlohmann::json json_from_agreements(const std::vector<PrecisionAgreement>& agreements) {
  nlohmann::json list = nlohmann::json::array();
  for (const PrecisionAgreement& agreement : agreements)
    list.push_back({{"precision", name_of(agreement.precision)},
                    {"rank_correlation", agreement.rank_correlation},
                    {"auroc", agreement.auroc},
                    {"auroc_f32", agreement.auroc_f32},
                    {"agrees", agreement.agrees}});
  return list;
}

}  // namespace vigie
