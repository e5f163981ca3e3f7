#include <cmath>
#include <limits>
#include <string>

#include "vigie/core/error.h"
#include "vigie/decision/calibration.h"

namespace vigie {

namespace {

using nlohmann::json;

json number_or_null(double value) {
  return std::isnan(value) ? json(nullptr) : json(value);
}

const json& field(const json& object, const char* key) {
  const auto found = object.find(key);
  VIGIE_CHECK(found != object.end(), "calibration", "'{}' is missing", key);
  return *found;
}

/// A finite number, or NaN for null.
double number(const json& object, const char* key) {
  const json& value = field(object, key);
  if (value.is_null()) return std::numeric_limits<double>::quiet_NaN();
  VIGIE_CHECK(value.is_number() && std::isfinite(value.get<double>()), "calibration",
              "'{}' must be a finite number or null, got {}", key, value.dump());
  return value.get<double>();
}

ThresholdRule rule_from_json(const json& value) {
  for (const ThresholdRule rule : {ThresholdRule::Rate, ThresholdRule::Fixed, ThresholdRule::Misses})
    if (value == name_of(rule)) return rule;
  fail(ErrorKind::InvalidArgument, "calibration", "unknown rule {}", value.dump());
}

std::vector<double> scores_from_json(const json& object, const char* key) {
  const json& values = field(object, key);
  VIGIE_CHECK(values.is_array(), "calibration", "'{}' must be a list", key);
  std::vector<double> scores;
  for (const json& value : values) {
    VIGIE_CHECK(value.is_number() && std::isfinite(value.get<double>()), "calibration",
                "'{}' must hold finite numbers, got {}", key, value.dump());
    VIGIE_CHECK(scores.empty() || value.get<double>() <= scores.back(), "calibration", "'{}' must fall", key);
    scores.push_back(value.get<double>());
  }
  return scores;
}

}  // namespace

std::string name_of(ThresholdRule rule) {
  return rule == ThresholdRule::Rate ? "rate" : rule == ThresholdRule::Fixed ? "fixed" : "misses";
}

json json_from_calibration(const Calibration& calibration) {
  return {{"image_threshold", number_or_null(calibration.image_threshold)},
          {"pixel_threshold", number_or_null(calibration.pixel_threshold)},
          {"max_fpr", number_or_null(calibration.max_fpr)},
          {"normals", calibration.normals},
          {"median", number_or_null(calibration.median)},
          {"rule", name_of(calibration.rule)},
          {"scores", calibration.scores},
          {"maxima", calibration.maxima}};
}

Calibration calibration_from_json(const json& object) {
  VIGIE_CHECK(object.is_object(), "calibration", "must be an object, got {}", object.dump());
  Calibration calibration;
  calibration.image_threshold = number(object, "image_threshold");
  calibration.pixel_threshold = number(object, "pixel_threshold");
  calibration.max_fpr = number(object, "max_fpr");
  VIGIE_CHECK(!std::isnan(calibration.image_threshold), "calibration", "'image_threshold' must be a number, got null");
  VIGIE_CHECK(calibration.max_fpr > 0 && calibration.max_fpr < 1, "calibration",
              "'max_fpr' must be between 0 and 1, got {}", calibration.max_fpr);
  calibration.median = number(object, "median");
  const json& normals = field(object, "normals");
  VIGIE_CHECK(normals.is_number_integer() && normals >= 0, "calibration", "'normals' must be a count, got {}",
              normals.dump());
  calibration.normals = normals.get<std::int64_t>();
  if (!object.contains("scores")) return calibration;  // formats 1 and 2
  calibration.rule = rule_from_json(field(object, "rule"));
  calibration.scores = scores_from_json(object, "scores");
  calibration.maxima = scores_from_json(object, "maxima");
  // None where a model of an older format was saved again.
  VIGIE_CHECK(calibration.scores.empty() || static_cast<std::int64_t>(calibration.scores.size()) == calibration.normals,
              "calibration", "{} scores of {} parts", calibration.scores.size(), calibration.normals);
  VIGIE_CHECK(calibration.maxima.empty() || calibration.maxima.size() == calibration.scores.size(), "calibration",
              "{} map maxima of {} parts", calibration.maxima.size(), calibration.scores.size());
  return calibration;
}

}  // namespace vigie
