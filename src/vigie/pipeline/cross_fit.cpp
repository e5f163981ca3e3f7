#include "vigie/pipeline/cross_fit.h"

#include <algorithm>

#include "vigie/core/random.h"
#include "vigie/data/near_duplicates.h"
#include "vigie/decision/threshold.h"
#include "vigie/imaging/value_range.h"

namespace vigie {

namespace {

constexpr std::int64_t kManyParts = 40, kFoldsOfFew = 10, kFoldsOfMany = 5;

/// One fold: its images, those of all others, and the detector that learnt from the others.
class Fold {
 public:
  Fold(const CrossFit& request, const std::vector<std::int64_t>& folds, std::int64_t number) : request_(request) {
    for (std::size_t i = 0; i < folds.size(); ++i) {
      if (folds[i] == number) inside_.push_back(static_cast<std::int64_t>(i));
      (folds[i] == number ? judged_ : learnt_).push_back(request.places[i]);
    }
  }

  void fit(const RunContext& context) {
    detector_ = detector_info(request_.stage.detector).create(request_.stage.detector_options);
    const FeatureSubset normals(request_.features, learnt_);
    std::optional<FeatureSubset> exact;
    FitContext fit{derive_seed(request_.seed, "detector"), context};
    if (request_.exact != nullptr) fit.exact = &exact.emplace(*request_.exact, learnt_);
    detector_->fit(normals, fit);
  }

  void judge(HonestScores& honest) const {
    request_.features.visit(judged_, [&](const Features& features, std::int64_t first) {
      std::size_t at = static_cast<std::size_t>(first);
      for (const RawResult& raw : detector_->predict(features)) {
        const Evidence found = evidence(raw);
        honest.images.push_back(inside_[at++]);
        honest.scores.push_back(found.score);
        if (!found.map.empty()) honest.maxima.push_back(value_range(found.map).high);
      }
    });
  }

  // Synthetic defects on every `step`-th image of the whole list, so that each fold takes its share.
  void try_defects_on(std::int64_t step, HonestScores& honest) const {
    for (const std::int64_t image : inside_) {
      if (image % step != 0) continue;
      const auto trials = try_defects(
          request_.samples[static_cast<std::size_t>(image)], request_.stage.preprocess, request_.reading,
          request_.seed + static_cast<std::uint64_t>(image),
          [&](const Tensor& input) { return evidence(detector_->predict(request_.engine.run(input)).front()); });
      honest.trials.insert(honest.trials.end(), trials.begin(), trials.end());
    }
  }

 private:
  Evidence evidence(const RawResult& raw) const {
    const Preprocess& preprocess = request_.stage.preprocess;
    return evidence_from(raw, preprocess.height, preprocess.width, request_.stage.postprocess);
  }

  const CrossFit& request_;
  std::vector<std::int64_t> inside_;           ///< indices of its normals
  std::vector<std::int64_t> judged_, learnt_;  ///< places in the pool
  std::unique_ptr<Detector> detector_;
};

// By image, so that the order of the folds does not show.
void sort_by_image(HonestScores& honest) {
  std::vector<std::size_t> order(honest.images.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return honest.images[a] < honest.images[b]; });
  HonestScores sorted;
  for (const std::size_t i : order) {
    sorted.images.push_back(honest.images[i]);
    sorted.scores.push_back(honest.scores[i]);
    if (!honest.maxima.empty()) sorted.maxima.push_back(honest.maxima[i]);
  }
  honest.images = std::move(sorted.images);
  honest.scores = std::move(sorted.scores);
  honest.maxima = std::move(sorted.maxima);
}

}  // namespace

std::int64_t fold_count(std::int64_t groups) {
  return std::min(groups, groups <= kManyParts ? kFoldsOfFew : kFoldsOfMany);
}

std::int64_t tried_step(std::int64_t images, std::int64_t tried) {
  return std::max<std::int64_t>(1, (images + tried - 1) / tried);
}

std::int64_t enough_scores(double max_fpr) {
  return std::max<std::int64_t>(100, 3 * normals_needed(max_fpr));
}

std::vector<std::int64_t> folds_of(const std::vector<std::int64_t>& groups, std::int64_t folds, std::uint64_t seed) {
  const std::int64_t count = group_count(groups);
  const auto order = Random(derive_seed(seed, "folds")).permutation(count);
  std::vector<std::int64_t> fold_of_group(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) fold_of_group[static_cast<std::size_t>(order[i])] = i % folds;
  std::vector<std::int64_t> out;
  for (const std::int64_t group : groups) out.push_back(fold_of_group[static_cast<std::size_t>(group)]);
  return out;
}

HonestScores cross_fit(const CrossFit& request, const RunContext& context) {
  const std::int64_t folds = fold_count(group_count(request.groups));
  VIGIE_CHECK(folds >= 2, "cross_fit", "{} part(s) cannot be dealt into folds; at least 2 are needed", folds);
  const auto fold_of = folds_of(request.groups, folds, request.seed);
  const auto images = static_cast<std::int64_t>(request.groups.size());
  const std::int64_t step = request.tried_parts > 0 ? tried_step(images, request.tried_parts) : 0;
  HonestScores honest;
  Progress progress(context, "thresholds", folds);
  for (std::int64_t number = 0; number < folds; ++number) {
    Fold fold(request, fold_of, number);
    fold.fit(context);
    fold.judge(honest);
    if (step > 0) fold.try_defects_on(step, honest);
    ++honest.folds;
    progress.advance();
    if (static_cast<std::int64_t>(honest.scores.size()) >= enough_scores(request.max_fpr)) break;
  }
  sort_by_image(honest);
  return honest;
}

}  // namespace vigie
