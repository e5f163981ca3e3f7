#pragma once

#include <string>
#include <utility>
#include <vector>

#include "vigie/evaluation/run_summary.h"

namespace vigie {

/// What the parts of a benchmark's page share.
struct BenchmarkView {
  BenchmarkView(const std::vector<RunRecord>& all_runs, const std::vector<std::string>& report_links);

  const std::vector<RunRecord>& runs;
  const std::vector<std::string>& links;          ///< one per run, or none at all
  std::vector<std::string> variants;              ///< one per run
  std::vector<RunGroup> groups;                   ///< highest mean image AUROC first
  std::vector<std::string> categories;            ///< in order of first appearance
  std::vector<std::pair<double, double>> ranges;  ///< lowest and highest value of each run column; NaN without values
};

/// "patchcore · resnet18 · coreset_ratio=0.1".
std::string name_of_group(const RunGroup& group);
/// CSS class of the colour of the i-th group.
std::string tone_of_group(std::size_t i);

/// Parts of the page, each HTML.
std::string benchmark_means(const BenchmarkView& view);                      ///< one row a method
std::string benchmark_pivot(const BenchmarkView& view, std::size_t column);  ///< methods down, data sets across
std::string benchmark_runs(const BenchmarkView& view);                       ///< one row a run, with links
std::string benchmark_scatter(const BenchmarkView& view);  ///< image AUROC against time; "" without times
std::string benchmark_charts(const BenchmarkView& view);   ///< every column, method by method

}  // namespace vigie
