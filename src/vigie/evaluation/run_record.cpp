#include "vigie/evaluation/run_record.h"

#include "vigie/core/text.h"
#include "vigie/evaluation/evaluation_json.h"

namespace vigie {
namespace {

using nlohmann::json;

std::string text_from_json(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) fail(ErrorKind::BadFile, "run", "a run has no text '{}'", key);
  return found->get<std::string>();
}

/// Contract order; every key of json_from_run is here.
constexpr const char* kColumns[] = {"detector",
                                    "backbone",
                                    "options",
                                    "category",
                                    "protocol",
                                    "precision",
                                    "seed",
                                    "image_auroc",
                                    "image_ap",
                                    "image_f1_max",
                                    "pixel_auroc",
                                    "pixel_ap",
                                    "pixel_f1_max",
                                    "aupro",
                                    "aupro_anomalous",
                                    "threshold",
                                    "f1_at_threshold",
                                    "fit_seconds",
                                    "predict_ms",
                                    "model_bytes",
                                    "peak_memory_bytes",
                                    "calibrate_seconds",
                                    "good_images",
                                    "anomalous_images",
                                    "image_f1_max_threshold",
                                    "pixel_auroc_anomalous",
                                    "aupro_05",
                                    "aupimo",
                                    "iou",
                                    "dice",
                                    "iou_per_region",
                                    "thresholds",
                                    "at_threshold",
                                    "defect_types"};

/// RFC 4180: quoted when it holds a comma, a quote or a line break; quotes are doubled.
std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_cell(const json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return csv_cell(value.get<std::string>());
  return csv_cell(json_text(value));
}

}  // namespace

json json_from_run(const RunRecord& run) {
  json object = json_from_evaluation(run.evaluation);
  object["detector"] = run.detector;
  object["backbone"] = run.backbone;
  object["options"] = run.options;
  object["category"] = run.category;
  object["protocol"] = run.protocol;
  object["precision"] = run.precision;
  object["seed"] = run.seed;
  object["threshold"] = number_or_null(run.evaluation.thresholds.image);
  object["f1_at_threshold"] = number_or_null(run.evaluation.at_threshold.f1());
  object["fit_seconds"] = number_or_null(run.fit_seconds);
  object["calibrate_seconds"] = number_or_null(run.calibrate_seconds);
  object["predict_ms"] = number_or_null(run.predict_ms);
  object["model_bytes"] = run.model_bytes;
  object["peak_memory_bytes"] = run.peak_memory_bytes;
  return object;
}

RunRecord run_from_json(const json& object) {
  if (!object.is_object()) fail(ErrorKind::BadFile, "run", "a run should be an object, found {}", object.type_name());
  RunRecord run;
  run.detector = text_from_json(object, "detector");
  run.backbone = text_from_json(object, "backbone");
  run.category = text_from_json(object, "category");
  run.protocol = text_from_json(object, "protocol");
  run.precision = text_from_json(object, "precision");
  run.options = object.value("options", json::object());
  const json seed = object.value("seed", json(0U));
  if (!seed.is_number_integer() || (!seed.is_number_unsigned() && seed.get<std::int64_t>() < 0)) {
    fail(ErrorKind::BadFile, "run", "'seed' should be a whole number >= 0");
  }
  run.seed = seed.get<std::uint64_t>();
  run.evaluation = evaluation_from_json(object);
  run.fit_seconds = number_from_json(object, "fit_seconds");
  run.calibrate_seconds = number_from_json(object, "calibrate_seconds");
  run.predict_ms = number_from_json(object, "predict_ms");
  run.model_bytes = count_from_json(object, "model_bytes");
  run.peak_memory_bytes = count_from_json(object, "peak_memory_bytes");
  return run;
}

std::string csv_from_runs(const std::vector<RunRecord>& runs) {
  std::string csv;
  for (const char* column : kColumns) csv += fmt::format("{}{}", csv.empty() ? "" : ",", column);
  csv += '\n';
  for (const RunRecord& run : runs) {
    const json object = json_from_run(run);
    std::string line;
    for (const char* column : kColumns) {
      if (column != kColumns[0]) line += ',';
      line += csv_cell(object.at(column));
    }
    csv += line + '\n';
  }
  return csv;
}

}  // namespace vigie
