#pragma once

#include <filesystem>
#include <string>

#include "vigie/core/tensor_map.h"

namespace vigie {

/// Tensors of a safetensors file or a torch checkpoint, told apart by content. Throws NotFound, BadFile.
TensorMap read_weights_file(const std::filesystem::path& path);

/// find_weights() or NotFound with the file names, the address and the folders.
std::filesystem::path require_weights(const std::string& name);

}  // namespace vigie
