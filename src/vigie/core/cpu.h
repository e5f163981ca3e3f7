#pragma once

namespace vigie {

// What this processor can do beyond the oldest one that the build is for. Only this file asks the processor; there is
// one source for each family (cpu_x86.cpp, cpu_other.cpp), chosen by CMake.

/// AVX512-BF16.
bool has_bf16_instructions();
/// AVX512-VNNI and AVX512-BW.
bool has_int8_instructions();

/// What the build's own loops need and this processor lacks, "AVX2 and FMA"; nullptr when it has all.
const char* instructions_lacking();

}  // namespace vigie
