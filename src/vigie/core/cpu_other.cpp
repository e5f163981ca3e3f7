#include "vigie/core/cpu.h"

namespace vigie {

// The engine's formats below f32 are tried on x86 only.
bool has_bf16_instructions() {
  return false;
}

bool has_int8_instructions() {
  return false;
}

const char* instructions_lacking() {
  return nullptr;
}

}  // namespace vigie
