#include "vigie/backbones/weights_file.h"

#include <array>
#include <fstream>

#include "vigie/io/safetensors.h"
#include "vigie/io/torch_checkpoint.h"

namespace vigie {

TensorMap read_weights_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(ErrorKind::NotFound, "weights", "{}: cannot be opened", path.string());
  std::array<char, 9> head{};
  file.read(head.data(), head.size());
  const bool safetensors = file.gcount() == head.size() && head[8] == '{';  // 8 bytes of length, then JSON
  return safetensors ? read_safetensors(path).tensors : read_torch_checkpoint(path);
}

}  // namespace vigie
