#include "vigie/backbones/scout.h"
#include "vigie/io/safetensors.h"

// scout_file.S holds the file between these.
extern "C" {
extern const unsigned char vigie_scout_begin[];  // NOLINT(readability-identifier-naming)
extern const unsigned char vigie_scout_end[];    // NOLINT(readability-identifier-naming)
}

namespace vigie {

TensorMap scout_weights() {
  return safetensors_from_bytes({vigie_scout_begin, vigie_scout_end}, "the built-in weights of scout").tensors;
}

}  // namespace vigie
