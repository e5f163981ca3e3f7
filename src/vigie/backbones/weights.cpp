#include "vigie/backbones/weights.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "vigie/backbones/weights_file.h"
#include "vigie/core/options.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;

WeightsInfo torchvision(const std::string& name, const std::string& digest) {
  const std::string file = fmt::format("{}-{}.pth", name, digest);
  return {name, "https://download.pytorch.org/models/" + file, digest, "BSD-3-Clause", file};
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// Empty when the system does not say where caches live.
fs::path cache_or_empty() {
  const fs::path cache = variable("XDG_CACHE_HOME");
  if (cache.is_absolute()) return cache / "vigie" / "weights";  // the XDG specification ignores relative ones
  const fs::path home = variable("HOME");
  return home.empty() ? fs::path() : home / ".cache" / "vigie" / "weights";
}

}  // namespace

const std::vector<WeightsInfo>& known_weights() {
  static const std::vector<WeightsInfo> table{
      torchvision("resnet18", "f37072fd"),
      torchvision("resnet34", "b627a593"),
      torchvision("resnet50", "0676ba61"),
      torchvision("wide_resnet50_2", "95faca4d"),
  };
  return table;
}

const WeightsInfo& weights_info(const std::string& name) {
  const auto& table = known_weights();
  const auto at = std::ranges::find(table, name, &WeightsInfo::name);
  if (at != table.end()) return *at;
  std::vector<std::string> names;
  for (const WeightsInfo& info : table) names.push_back(info.name);
  fail(ErrorKind::NotFound, "weights_info", "no weights are called '{}'{}", name, suggestion(name, names));
}

std::vector<fs::path> weights_folders() {
  std::vector<fs::path> folders;
  const std::string list = variable("VIGIE_WEIGHTS");
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(':', begin), list.size());
    if (end > begin) folders.emplace_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  if (fs::path cache = cache_or_empty(); !cache.empty()) folders.push_back(std::move(cache));
  return folders;
}

fs::path weights_cache() {
  fs::path cache = cache_or_empty();
  if (cache.empty()) {
    fail(ErrorKind::NotFound, "weights_cache",
         "no folder for weights: set HOME, or XDG_CACHE_HOME to an absolute path");
  }
  return cache;
}

std::optional<fs::path> find_weights(const std::string& name) {
  const WeightsInfo& info = weights_info(name);
  std::error_code ignored;  // an unreadable folder holds nothing for us
  for (const fs::path& folder : weights_folders()) {
    for (const std::string& file : {name + ".safetensors", info.file}) {
      if (fs::is_regular_file(folder / file, ignored)) return folder / file;
    }
  }
  return std::nullopt;
}

fs::path require_weights(const std::string& name) {
  if (auto path = find_weights(name)) return *path;
  const WeightsInfo& info = weights_info(name);
  std::vector<std::string> folders;
  for (const fs::path& folder : weights_folders()) folders.push_back(folder.string());
  fail(
      ErrorKind::NotFound, "load_weights",
      "no weights of {}: neither {}.safetensors nor {} is in {}; run `vigie weights fetch {}`, or put {} into {} "
      "or any folder named in VIGIE_WEIGHTS",
      name, name, info.file,
      folders.empty() ? "any folder (VIGIE_WEIGHTS and HOME are not set)" : fmt::format("{}", fmt::join(folders, ", ")),
      name, info.url, folders.empty() ? "a folder of yours" : folders.back());
}

TensorMap load_weights(const std::string& name) {
  return read_weights_file(require_weights(name));
}

}  // namespace vigie
