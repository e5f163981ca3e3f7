#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "vigie/evaluation/run_record.h"

namespace vigie {

/// Self-contained HTML overview of a benchmark: sortable table, bar charts per metric, links to each run's own report
/// when `report_links` (relative paths, same order as runs) are given. Atomic.
void write_benchmark_report(const std::filesystem::path& path, const std::vector<RunRecord>& runs,
                            const std::vector<std::string>& report_links);

}  // namespace vigie
