#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "vigie/core/tensor_map.h"

namespace vigie {

/// Where the trained weights of a network come from.
struct WeightsInfo {
  std::string name;  ///< "resnet18"
  std::string url;   ///< official address
  std::string
      sha256;  ///< of the official file; a prefix when the publisher gives only that (torchvision: 8 hex digits)
  std::string licence;
  std::string file;  ///< official file name, "resnet18-f37072fd.pth"
};

/// The one table of known weights.
const std::vector<WeightsInfo>& known_weights();
/// Throws NotFound with the nearest name.
const WeightsInfo& weights_info(const std::string& name);

/// Folders searched, in order: each entry of VIGIE_WEIGHTS (colon-separated), then the cache
/// ($XDG_CACHE_HOME or ~/.cache)/vigie/weights.
std::vector<std::filesystem::path> weights_folders();

/// The cache, where fetched and imported weights are written. Throws NotFound when neither XDG_CACHE_HOME nor HOME is
/// set.
std::filesystem::path weights_cache();

/// First of <folder>/<name>.safetensors, <folder>/<official file> that exists. Throws NotFound for an unknown name.
std::optional<std::filesystem::path> find_weights(const std::string& name);

/// Loads safetensors or torch checkpoint by content. Throws NotFound with the exact file name, address and folder to
/// put it.
TensorMap load_weights(const std::string& name);

}  // namespace vigie
