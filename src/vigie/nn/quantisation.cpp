#include "vigie/nn/quantisation.h"

#include <cmath>

#include "vigie/core/error.h"

namespace vigie::nn {

namespace {

constexpr const char* kWhere = "quantisation";

Quantisation::Range range_from_json(const std::string& name, const nlohmann::json& pair) {
  if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() || !pair[1].is_boolean())
    fail(ErrorKind::BadFile, kWhere, "the range of '{}' is not [bound, negative]", name);
  const Quantisation::Range range{pair[0].get<double>(), pair[1].get<bool>()};
  if (!std::isfinite(range.bound) || range.bound <= 0)
    fail(ErrorKind::BadFile, kWhere, "the bound of '{}' is {}, not a positive number", name, range.bound);
  return range;
}

}  // namespace

nlohmann::json json_from_quantisation(const Quantisation& quantisation) {
  nlohmann::json activations = nlohmann::json::object();
  for (const auto& [name, range] : quantisation.activations) activations[name] = {range.bound, range.negative};
  return {{"activations", std::move(activations)}, {"kept", quantisation.kept}};
}

Quantisation quantisation_from_json(const nlohmann::json& object) {
  if (!object.is_object() || !object.contains("activations") || !object["activations"].is_object() ||
      !object.contains("kept") || !object["kept"].is_array())
    fail(ErrorKind::BadFile, kWhere, "it needs an object 'activations' and a list 'kept'");
  Quantisation out;
  for (const auto& [name, pair] : object["activations"].items()) out.activations[name] = range_from_json(name, pair);
  for (const auto& name : object["kept"]) {
    if (!name.is_string()) fail(ErrorKind::BadFile, kWhere, "'kept' holds something that is not a name");
    out.kept.push_back(name.get<std::string>());
  }
  return out;
}

}  // namespace vigie::nn
