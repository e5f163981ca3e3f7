#pragma once

#include <filesystem>
#include <string>

namespace vigie {

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
