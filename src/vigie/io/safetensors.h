#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "vigie/core/tensor_map.h"

namespace vigie {

/// Content of a safetensors file: tensors, and the free texts under "__metadata__".
struct SafeTensors {
  TensorMap tensors;
  std::map<std::string, std::string> metadata;
};

/// Memory-maps the file; tensors borrow the map and keep it alive. F16 and BF16 are converted to F32.
/// Every offset and length is checked against the file before use. Throws NotFound, BadFile with the offending entry.
SafeTensors read_safetensors(const std::filesystem::path& path);

/// The same from a file's bytes, which are copied; `name` stands for the path in messages.
SafeTensors safetensors_from_bytes(std::span<const unsigned char> bytes, const std::string& name);

/// Metadata alone: reads the header only.
std::map<std::string, std::string> read_safetensors_metadata(const std::filesystem::path& path);

/// Atomic; tensors in name order, 64-byte aligned data, deterministic bytes.
void write_safetensors(const std::filesystem::path& path, const SafeTensors& content);

}  // namespace vigie
