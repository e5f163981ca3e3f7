#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "vigie/evaluation/evaluation.h"

namespace vigie {

/// JSON knows no NaN: undefined and infinite numbers become null.
nlohmann::json number_or_null(double value);

/// The number under `key`; NaN when missing or null. Throws BadFile when it is anything else.
double number_from_json(const nlohmann::json& object, const std::string& key);

/// The whole number under `key`; 0 when missing or null. Throws BadFile when it is anything else.
std::int64_t count_from_json(const nlohmann::json& object, const std::string& key);

/// Inverse of json_from_evaluation. Missing numbers are undefined; throws BadFile on values of a wrong type.
Evaluation evaluation_from_json(const nlohmann::json& object);

}  // namespace vigie
