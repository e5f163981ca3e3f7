#pragma once

#include <filesystem>

#include "vigie/core/tensor_map.h"

namespace vigie {

/// Reads the tensors of a torch `.pth` / `.pt` state dict, both the zip form (torch >= 1.6) and the legacy form.
/// A restricted pickle reader: dicts, ordered dicts, lists, tuples, texts, numbers, booleans, None and tensors
/// (torch._utils._rebuild_tensor_v2, _rebuild_parameter and typed storages) are known; every other global is refused
/// with its name, so that a checkpoint cannot run code. Nested dicts become dotted names ("state_dict.layer1.weight").
/// Half and bfloat16 become F32; float64 becomes F32. Throws BadFile with the reason.
TensorMap read_torch_checkpoint(const std::filesystem::path& path);

}  // namespace vigie
