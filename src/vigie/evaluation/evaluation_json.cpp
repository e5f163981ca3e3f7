#include "vigie/evaluation/evaluation_json.h"

#include <array>
#include <cmath>
#include <limits>

namespace vigie {
namespace {

using nlohmann::json;

template <typename Struct, typename Value>
struct Field {
  const char* key;
  Value Struct::*member;
};

/// The one list of an evaluation's numbers, for writing and reading.
constexpr std::array<Field<Evaluation, double>, 15> kNumbers{{
    {"image_auroc", &Evaluation::image_auroc},
    {"image_ap", &Evaluation::image_ap},
    {"image_f1_max", &Evaluation::image_f1_max},
    {"image_f1_max_threshold", &Evaluation::image_f1_max_threshold},
    {"pixel_auroc", &Evaluation::pixel_auroc},
    {"pixel_ap", &Evaluation::pixel_ap},
    {"pixel_f1_max", &Evaluation::pixel_f1_max},
    {"pixel_auroc_anomalous", &Evaluation::pixel_auroc_anomalous},
    {"aupro", &Evaluation::aupro},
    {"aupro_anomalous", &Evaluation::aupro_anomalous},
    {"aupro_05", &Evaluation::aupro_05},
    {"aupimo", &Evaluation::aupimo},
    {"iou", &Evaluation::iou},
    {"dice", &Evaluation::dice},
    {"iou_per_region", &Evaluation::iou_per_region},
}};

constexpr std::array<Field<DefectTypeMetrics, double>, 4> kTypeNumbers{{
    {"image_auroc", &DefectTypeMetrics::image_auroc},
    {"pixel_auroc", &DefectTypeMetrics::pixel_auroc},
    {"recall_at_threshold", &DefectTypeMetrics::recall_at_threshold},
    {"median_area_share", &DefectTypeMetrics::median_area_share},
}};

constexpr std::array<Field<ThresholdMetrics, std::int64_t>, 4> kCounts{{
    {"true_positives", &ThresholdMetrics::true_positives},
    {"false_positives", &ThresholdMetrics::false_positives},
    {"true_negatives", &ThresholdMetrics::true_negatives},
    {"false_negatives", &ThresholdMetrics::false_negatives},
}};

json json_from_threshold_metrics(const ThresholdMetrics& metrics) {
  json object = {{"precision", number_or_null(metrics.precision())},
                 {"recall", number_or_null(metrics.recall())},
                 {"f1", number_or_null(metrics.f1())},
                 {"accuracy", number_or_null(metrics.accuracy())},
                 {"false_positive_rate", number_or_null(metrics.false_positive_rate())}};
  for (const auto& field : kCounts) object[field.key] = metrics.*field.member;
  return object;
}

const json& child(const json& object, const char* key, json::value_t type) {
  static const json kEmptyObject = json::object(), kEmptyArray = json::array();
  const auto found = object.find(key);
  if (found == object.end()) return type == json::value_t::array ? kEmptyArray : kEmptyObject;
  if (found->type() != type) {
    fail(ErrorKind::BadFile, "evaluation", "'{}' should be {}, found {}", key,
         type == json::value_t::array ? "a list" : "an object", found->type_name());
  }
  return *found;
}

DefectTypeMetrics defect_type_from_json(const json& entry) {
  if (!entry.is_object() || !entry.contains("defect") || !entry["defect"].is_string()) {
    fail(ErrorKind::BadFile, "evaluation", "an entry of 'defect_types' has no text 'defect'");
  }
  DefectTypeMetrics type;
  type.defect = entry["defect"].get<std::string>();
  type.images = count_from_json(entry, "images");
  for (const auto& field : kTypeNumbers) type.*field.member = number_from_json(entry, field.key);
  return type;
}

}  // namespace

json number_or_null(double value) {
  return std::isfinite(value) ? json(value) : json(nullptr);
}

double number_from_json(const json& object, const std::string& key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (!found->is_number()) {
    fail(ErrorKind::BadFile, "evaluation", "'{}' should be a number, found {}", key, found->type_name());
  }
  return found->get<double>();
}

std::int64_t count_from_json(const json& object, const std::string& key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return 0;
  if (!found->is_number_integer()) {
    fail(ErrorKind::BadFile, "evaluation", "'{}' should be a whole number, found {}", key, found->type_name());
  }
  return found->get<std::int64_t>();
}

json json_from_evaluation(const Evaluation& evaluation) {
  json object = {{"good_images", evaluation.good_images},
                 {"anomalous_images", evaluation.anomalous_images},
                 {"thresholds",
                  {{"image", number_or_null(evaluation.thresholds.image)},
                   {"pixel", number_or_null(evaluation.thresholds.pixel)}}},
                 {"at_threshold", json_from_threshold_metrics(evaluation.at_threshold)},
                 {"defect_types", json::array()}};
  for (const auto& field : kNumbers) object[field.key] = number_or_null(evaluation.*field.member);
  for (const DefectTypeMetrics& type : evaluation.defect_types) {
    json entry = {{"defect", type.defect}, {"images", type.images}};
    for (const auto& field : kTypeNumbers) entry[field.key] = number_or_null(type.*field.member);
    object["defect_types"].push_back(std::move(entry));
  }
  return object;
}

Evaluation evaluation_from_json(const json& object) {
  if (!object.is_object()) fail(ErrorKind::BadFile, "evaluation", "expected an object, found {}", object.type_name());
  Evaluation evaluation;
  evaluation.good_images = count_from_json(object, "good_images");
  evaluation.anomalous_images = count_from_json(object, "anomalous_images");
  const json& thresholds = child(object, "thresholds", json::value_t::object);
  evaluation.thresholds = {number_from_json(thresholds, "image"), number_from_json(thresholds, "pixel")};
  const json& counts = child(object, "at_threshold", json::value_t::object);
  for (const auto& field : kCounts) evaluation.at_threshold.*field.member = count_from_json(counts, field.key);
  for (const auto& field : kNumbers) evaluation.*field.member = number_from_json(object, field.key);
  for (const json& entry : child(object, "defect_types", json::value_t::array)) {
    evaluation.defect_types.push_back(defect_type_from_json(entry));
  }
  return evaluation;
}

}  // namespace vigie
