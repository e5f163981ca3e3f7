#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "vigie/evaluation/evaluation.h"

namespace vigie {

/// One run of a benchmark: what was run, and every number. Its JSON is the machine-readable contract of results.json.
struct RunRecord {
  std::string detector, backbone, category, protocol, precision = "f32";
  nlohmann::json options = nlohmann::json::object();
  std::uint64_t seed = 0;
  Evaluation evaluation;
  double fit_seconds = 0;
  double calibrate_seconds = 0;
  double predict_ms = 0;  ///< per image, median
  std::int64_t model_bytes = 0;
  std::int64_t peak_memory_bytes = 0;
};

/// Keys: detector, backbone, options, category, protocol, precision, seed, image_auroc, image_ap, image_f1_max,
/// pixel_auroc, pixel_ap, pixel_f1_max, aupro, aupro_anomalous, threshold, f1_at_threshold, fit_seconds, predict_ms,
/// model_bytes, peak_memory_bytes; then the further numbers of Evaluation.
nlohmann::json json_from_run(const RunRecord& run);
RunRecord run_from_json(const nlohmann::json& object);

/// CSV with a header, one run a line, same names and order as the JSON (options as JSON text, quoted).
std::string csv_from_runs(const std::vector<RunRecord>& runs);

/// Aligned text table for the terminal: category, detector, backbone, seed, image AUROC, pixel AUROC, AUPRO,
/// AUPRO(anomalous), F1 at threshold, best F1 (at any threshold), fit s, predict ms, model MB; then mean rows per
/// detector x backbone (mean ± std over seeds and categories). Defects of more than one run only.
std::string table_from_runs(const std::vector<RunRecord>& runs);

}  // namespace vigie
