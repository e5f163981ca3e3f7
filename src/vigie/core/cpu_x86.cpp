#include "vigie/core/cpu.h"

namespace vigie {

bool has_bf16_instructions() {
  return __builtin_cpu_supports("avx512bf16");
}

bool has_int8_instructions() {
  return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw");
}

const char* instructions_lacking() {
  constexpr bool needed = VIGIE_NEEDS_AVX2 != 0;
  const bool there = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return needed && !there ? "AVX2 and FMA" : nullptr;
}

}  // namespace vigie
