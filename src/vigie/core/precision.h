#pragma once

#include <string>
#include <string_view>

namespace vigie {

/// Number format in which a network's convolutions and products are computed. Results are always F32.
enum class Precision { F32, BF16, Int8 };

/// "f32", "bf16", "int8".
std::string_view name_of(Precision precision);
/// Throws InvalidArgument with the known names.
Precision precision_from_name(std::string_view name);

/// Whether this processor has the instructions that make the format worth using: bf16 needs AVX512-BF16, int8 needs
/// AVX512-VNNI. F32 always runs. DNNL_MAX_CPU_ISA is obeyed, as oneDNN obeys it.
bool runs_here(Precision precision);

/// The wanted format if it runs here, else the next one down (int8 -> bf16 -> f32) that does.
Precision runnable(Precision wanted);

/// "AVX512-VNNI": what a processor lacks when runs_here() is false; for messages.
std::string_view instructions_of(Precision precision);

}  // namespace vigie
