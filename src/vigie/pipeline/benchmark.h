#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "vigie/evaluation/run_record.h"
#include "vigie/pipeline/fit.h"

namespace vigie {

/// detectors x backbones x data sets x precisions x seeds.
struct BenchmarkOptions {
  std::vector<std::filesystem::path> data;
  std::vector<std::string> detectors;
  std::vector<std::string> backbones;
  std::vector<std::string> precisions = {"f32"};  ///< as FitOptions::precision
  std::vector<std::uint64_t> seeds = {0};
  /// Options per detector: {"patchcore": {"coreset_ratio": 0.01}}.
  nlohmann::json detector_options = nlohmann::json::object();
  FitOptions fit;            ///< what all runs share: protocol, sizes, holdout …
  bool reports = true;       ///< write each run's HTML report
  bool keep_models = false;  ///< keep each run's .vigie file
  bool allow_leakage = false;
};

/// A method that trains a network does so once for all precisions: the fit time of each holds that one training. Its
/// checkpoint lies in OUT/trainings until the last of them.
///
/// Runs what is not there yet and returns every record. OUT/runs/<run>/record.json is written when a run ends, and a
/// later call with the same options, images and weights takes it from there; OUT/results.json, results.csv and
/// report.html are rewritten after every run. A run that fails stops the benchmark: silence would be a wrong table.
/// `announce` gets one line per finished run.
std::vector<RunRecord> run_benchmark(const BenchmarkOptions& options, const std::filesystem::path& out,
                                     const RunContext& context,
                                     const std::function<void(const std::string&)>& announce);

}  // namespace vigie
