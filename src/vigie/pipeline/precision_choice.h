#pragma once

#include <vector>

#include "vigie/pipeline/fit.h"

namespace vigie {

/// How an inspector in a lower precision ranks parts, beside the same inspector in F32.
struct PrecisionAgreement {
  Precision precision = Precision::F32;
  double rank_correlation = 0;      ///< Spearman, over good parts and synthetic defects together
  double auroc = 0, auroc_f32 = 0;  ///< good parts against synthetic defects
  bool agrees = false;
};

struct PrecisionChoice {
  Precision precision = Precision::F32;
  nn::Quantisation quantisation;          ///< Int8 only
  std::vector<PrecisionAgreement> tried;  ///< fastest first, up to the one taken
};

/// What "agrees" means.
constexpr double kMinRankCorrelation = 0.98;
constexpr double kMaxAurocLoss = 0.003;

/// Fits small inspectors (up to 64 of split.fit) in F32 and, fastest first, in every lower precision that runs here;
/// judges up to 32 of split.held_out and three synthetic defects of each; takes the first that agrees, else F32.
/// `stage` is prepared but not learnt. Cost: a fit and a few hundred predictions per precision.
PrecisionChoice choose_precision(const Stage& stage, const Split& split, const FitOptions& options,
                                 const RunContext& context);

/// "int8: rank correlation 0.9971, AUROC on synthetic defects 0.983 (f32 0.984): agrees"
std::string text_of(const PrecisionAgreement& agreement);
/// [{"precision", "rank_correlation", "auroc", "auroc_f32", "agrees"}]
nlohmann::json json_from_agreements(const std::vector<PrecisionAgreement>& agreements);

}  // namespace vigie
