#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "vigie/core/progress.h"
#include "vigie/io/safetensors.h"

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

/// Downloads the official file into the cache, unless a good copy is there already, and returns its path.
/// Throws Io (no network; says which file to put where), BadFile (wrong SHA-256), Cancelled.
std::filesystem::path fetch_weights(const std::string& name, const RunContext& context);

/// Reads a safetensors file or torch checkpoint, checks it against the network up to the last complete stage, and
/// writes <cache>/<name>.safetensors, whose path it returns. A prefix common to all names ("module.") is taken off.
/// Throws NotFound, BadFile (not this network, wrong shapes, NaN or infinity), Io.
std::filesystem::path import_weights(const std::string& name, const std::filesystem::path& path);

/// What verify_weights() found.
struct WeightsReport {
  std::filesystem::path path;
  bool good = false;
  std::string text;  ///< one line for people
};

/// Checks the file that load_weights() would use: SHA-256 of an official file; names, shapes and finite values of any.
/// Throws NotFound when there is none.
WeightsReport verify_weights(const std::string& name);

}  // namespace vigie
