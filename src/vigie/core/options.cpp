#include "vigie/core/options.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "vigie/core/error.h"
#include "vigie/core/text.h"

namespace vigie {

namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& key, const json& value, const std::string& wanted) {
  fail(ErrorKind::InvalidArgument, "option", "{} = {}: {}", key, json_text(value), wanted);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

}  // namespace

void OptionList::add(std::string key, std::int64_t& field, std::string doc, std::int64_t min, std::int64_t max) {
  auto set = [key, &field, min, max](const json& value) {
    if (!value.is_number_integer() || value < min || value > max)
      refuse(key, value, fmt::format("must be an integer from {} to {}", min, max));
    field = value.get<std::int64_t>();
  };
  fields_.push_back({key, std::move(doc), field, std::move(set)});
}

void OptionList::add(std::string key, double& field, std::string doc, double min, double max) {
  auto set = [key, &field, min, max](const json& value) {
    if (!value.is_number() || !std::isfinite(value.get<double>()) || value < min || value > max)
      refuse(key, value, fmt::format("must be a number from {} to {}", min, max));
    field = value.get<double>();
  };
  fields_.push_back({key, std::move(doc), field, std::move(set)});
}

void OptionList::add(std::string key, bool& field, std::string doc) {
  auto set = [key, &field](const json& value) {
    if (!value.is_boolean()) refuse(key, value, "must be true or false");
    field = value.get<bool>();
  };
  fields_.push_back({key, std::move(doc), field, std::move(set)});
}

void OptionList::add(std::string key, std::string& field, std::string doc, std::vector<std::string> choices) {
  auto set = [key, &field, choices = std::move(choices)](const json& value) {
    if (!value.is_string()) refuse(key, value, "must be a text");
    const auto text = value.get<std::string>();
    if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end())
      refuse(key, value, fmt::format("must be one of {}", fmt::join(choices, ", ")));
    field = text;
  };
  fields_.push_back({key, std::move(doc), field, std::move(set)});
}

void OptionList::add(std::string key, std::vector<std::string>& field, std::string doc) {
  auto set = [key, &field](const json& value) {
    const bool texts =
        value.is_array() && std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_string(); });
    if (!texts) refuse(key, value, "must be a list of texts");
    field = value.get<std::vector<std::string>>();
  };
  fields_.push_back({key, std::move(doc), field, std::move(set)});
}

json OptionList::to_json() const {
  json object = json::object();
  for (const OptionField& field : fields_) object[field.key] = field.value;
  return object;
}

void OptionList::assign(const json& object, std::string_view where) const {
  VIGIE_CHECK(object.is_object() || object.is_null(), where, "options must be an object, got {}", json_text(object));
  if (object.is_null()) return;
  for (const auto& [key, value] : object.items()) {
    const auto match = [&key = key](const OptionField& field) { return field.key == key; };
    const auto found = std::find_if(fields_.begin(), fields_.end(), match);
    if (found != fields_.end()) {
      found->set(value);
      continue;
    }
    std::vector<std::string> known;
    for (const OptionField& field : fields_) known.push_back(field.key);
    fail(ErrorKind::InvalidArgument, where, "unknown option '{}'{}", key, suggestion(key, known));
  }
}

std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string nearest = nearest_name(word, candidates);
  if (!nearest.empty()) return fmt::format("; did you mean '{}'?", nearest);
  return fmt::format("; known: {}", fmt::join(candidates, ", "));
}

}  // namespace vigie
