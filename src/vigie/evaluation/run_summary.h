#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vigie/evaluation/run_record.h"

namespace vigie {

/// A number that people compare between runs, in the order of the tables.
struct RunColumn {
  const char* title;
  int digits;  ///< after the point
  bool higher_is_better;
  bool is_score;  ///< 0 … 1
  double (*value)(const RunRecord& run);
};
std::span<const RunColumn> run_columns();
/// Index of the column of this title; throws Internal when there is none.
std::size_t run_column(std::string_view title);

/// What sets a run apart from the others beside detector, backbone, category and seed: options that differ among the
/// runs of its detector, protocol and precision where they differ at all. "coreset_ratio=0.01 bf16"; "" when nothing
/// does.
std::vector<std::string> run_variants(const std::vector<RunRecord>& runs);

/// Runs that differ only in category and seed.
struct RunGroup {
  std::string detector, backbone, variant;
  std::vector<const RunRecord*> runs;
};
/// In order of first appearance; points into `runs`.
std::vector<RunGroup> group_runs(const std::vector<RunRecord>& runs);

/// Over the defined values; NaN without any.
struct Spread {
  double mean = 0;
  double std = 0;  ///< sample standard deviation (n − 1); NaN for fewer than two values
};
Spread spread_of(const RunGroup& group, const RunColumn& column);

/// "0.991 ± 0.004"; without the second part when it is undefined.
std::string format_spread(const Spread& spread, int digits);

}  // namespace vigie
