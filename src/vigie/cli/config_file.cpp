#include "vigie/cli/config_file.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "vigie/core/error.h"
#include "vigie/io/file.h"

namespace vigie::cli {

namespace {

using nlohmann::json;

constexpr std::string_view kFlag = "--config";

json read_config(const std::string& path) {
  json object = json::parse(read_file(path, 1 << 20), nullptr, false);
  if (!object.is_object()) fail(ErrorKind::BadFile, "config", "{}: not a JSON object", path);
  return object;
}

// The short forms of the commands' flags.
std::string short_form(const std::string& flag) {
  static const std::map<std::string, std::string> forms = {
      {"--detector", "-d"}, {"--backbone", "-b"}, {"--out", "-o"}, {"--quiet", "-q"}, {"--verbose", "-v"}};
  const auto found = forms.find(flag);
  return found == forms.end() ? flag : found->second;
}

bool is_given(const std::vector<std::string>& arguments, const std::string& flag) {
  return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& a) {
    return a == flag || a == short_form(flag) || a.starts_with(flag + "=");
  });
}

void append_flag(const std::string& path, const std::string& flag, const json& value, std::vector<std::string>& out) {
  if (value.is_object() || value.is_null())
    fail(ErrorKind::BadFile, "config", "{}: {} must be a text, number, true, false or a list", path, flag);
  if (value.is_array()) {
    for (const json& entry : value) append_flag(path, flag, entry, out);
  } else if (value.is_boolean()) {
    if (value.get<bool>()) out.push_back(flag);
  } else {
    out.push_back(flag);
    out.push_back(value.is_string() ? value.get<std::string>() : value.dump());
  }
}

/// The path of --config (the last one counts), and the arguments without it.
std::pair<std::string, std::vector<std::string>> without_config(const std::vector<std::string>& arguments) {
  std::vector<std::string> out;
  std::string path;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == kFlag && i + 1 < arguments.size())
      path = arguments[++i];
    else if (arguments[i].starts_with(std::string(kFlag) + "="))
      path = arguments[i].substr(kFlag.size() + 1);
    else
      out.push_back(arguments[i]);
  }
  return {path, out};
}

}  // namespace

std::string config_path(const std::vector<std::string>& arguments) {
  return without_config(arguments).first;
}

std::vector<std::string> expand_config(const std::vector<std::string>& arguments) {
  auto [path, out] = without_config(arguments);
  if (path.empty()) return arguments;
  const std::vector<std::string> given = out;
  const json config = read_config(path);
  for (const auto& [key, value] : config.items()) {
    std::string flag = "--" + key;
    std::replace(flag.begin(), flag.end(), '_', '-');
    if (!is_given(given, flag)) append_flag(path, flag, value, out);
  }
  return out;
}

}  // namespace vigie::cli
