#include "vigie/cli/json_config.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vigie/core/error.h"

namespace vigie::cli {

namespace {

std::string text_of(const nlohmann::json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

}  // namespace

std::vector<CLI::ConfigItem> JsonConfig::from_config(std::istream& input) const {
  const auto object = nlohmann::json::parse(input, nullptr, false);
  if (!object.is_object()) fail(ErrorKind::BadFile, "--config", "the file is not a JSON object");
  std::vector<CLI::ConfigItem> parsed;
  for (const auto& [key, value] : object.items()) {
    CLI::ConfigItem item;
    item.name = key;
    std::replace(item.name.begin(), item.name.end(), '_', '-');
    if (value.is_array())
      for (const auto& entry : value) item.inputs.push_back(text_of(entry));
    else
      item.inputs.push_back(text_of(value));
    parsed.push_back(std::move(item));
  }
  return parsed;
}

}  // namespace vigie::cli
