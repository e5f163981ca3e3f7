#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace vigie {

/// One field of an option struct as people and files see it.
struct OptionField {
  std::string key;                                 ///< snake_case, the JSON key and the name after --set METHOD.
  std::string doc;                                 ///< meaning, unit, range; one line
  nlohmann::json value;                            ///< current value; the default when the struct is fresh
  std::function<void(const nlohmann::json&)> set;  ///< throws InvalidArgument on a wrong type or range
};

/// Lists the fields of an option struct once, for JSON in, JSON out, help and docs.
///
///   struct KnnOptions {
///     std::int64_t neighbours = 5;
///     void describe(OptionList& list) { list.add("neighbours", neighbours, "K nearest images, >= 1", 1, 1000); }
///   };
class OptionList {
 public:
  void add(std::string key, std::int64_t& field, std::string doc, std::int64_t min, std::int64_t max);
  void add(std::string key, double& field, std::string doc, double min, double max);
  void add(std::string key, bool& field, std::string doc);
  /// `choices` empty: any text.
  void add(std::string key, std::string& field, std::string doc, std::vector<std::string> choices = {});
  void add(std::string key, std::vector<std::string>& field, std::string doc);

  const std::vector<OptionField>& fields() const { return fields_; }
  nlohmann::json to_json() const;
  /// Sets every key of `object`; an unknown key is refused with the nearest known one. `where` names the method.
  void assign(const nlohmann::json& object, std::string_view where) const;

 private:
  std::vector<OptionField> fields_;
};

template <typename Options>
nlohmann::json json_from_options(Options options) {
  OptionList list;
  options.describe(list);
  return list.to_json();
}

template <typename Options>
Options options_from_json(const nlohmann::json& object, std::string_view where) {
  Options options;
  OptionList list;
  options.describe(list);
  list.assign(object, where);
  return options;
}

/// The candidate with the smallest edit distance to `word`, or "" when none is near (over a third of its length).
std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates);

/// "; did you mean 'x'?" for the nearest candidate, else "; known: a, b, c".
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace vigie
