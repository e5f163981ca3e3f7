#include "vigie/pipeline/fit_plan.h"

#include <algorithm>
#include <cmath>

#include "vigie/pipeline/cross_fit.h"

namespace vigie {

namespace {

// How many of the first `images` are tried, where all are `of`.
std::int64_t tried_among(std::int64_t images, std::int64_t of) {
  const std::int64_t step = tried_step(of);
  return (images + step - 1) / step;
}

void plan_folds(FitPlan& plan, const FitOptions& options) {
  plan.folds = fold_count(plan.images);
  const std::int64_t in_a_fold = std::max<std::int64_t>(1, plan.images / plan.folds);
  const std::int64_t wanted = std::min(plan.images, enough_scores(options.max_fpr));
  plan.learnt = plan.images;
  plan.refits = std::min(plan.folds, (wanted + in_a_fold - 1) / in_a_fold);
  plan.refit_learnt = plan.images - in_a_fold;
  plan.judged = std::min(plan.images, plan.refits * in_a_fold);
  if (plan.refits == plan.folds) plan.judged = plan.images;
  plan.tried = tried_among(plan.judged, plan.images);
}

void plan_hold_out(FitPlan& plan, const FitOptions& options) {
  const bool keeps_all = options.protocol == "paper";
  plan.judged = std::max<std::int64_t>(1, std::llround(static_cast<double>(plan.images) * options.holdout));
  plan.learnt = keeps_all ? plan.images : plan.images - plan.judged;
  plan.refits = keeps_all ? 1 : 0;
  plan.refit_learnt = keeps_all ? plan.images - plan.judged : 0;
  plan.tried = tried_among(plan.judged, plan.judged);
}

}  // namespace

std::int64_t FitPlan::network_runs(bool kept) const {
  if (folds > 0 && kept) return passes * images;
  return passes * (learnt + refits * refit_learnt) + judged;
}

FitPlan plan_of(std::int64_t images, const FitOptions& options) {
  FitPlan plan;
  plan.images = images;
  plan.passes = options.precision == "f32" || options.fast_fit ? 1 : 2;
  if (options.holdout > 0)
    plan_hold_out(plan, options);
  else
    plan_folds(plan, options);
  return plan;
}

}  // namespace vigie
