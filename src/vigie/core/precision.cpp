#include "vigie/core/precision.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "vigie/core/cpu.h"
#include "vigie/core/error.h"

namespace vigie {

namespace {

// The instruction sets that DNNL_MAX_CPU_ISA can still leave on, from the least. Ours asks the processor itself, so
// that this module needs no oneDNN; the limit keeps both of one mind.
bool allowed_by_environment(Precision precision) {
  const char* limit = std::getenv("ONEDNN_MAX_CPU_ISA");
  if (limit == nullptr) limit = std::getenv("DNNL_MAX_CPU_ISA");
  if (limit == nullptr) return true;
  std::string text(limit);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (const char* lesser : {"SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX512_MIC", "AVX512_MIC_4OPS", "AVX512_CORE"})
    if (text == lesser) return false;
  return precision != Precision::BF16 || text != "AVX512_CORE_VNNI";
}

}  // namespace

std::string_view name_of(Precision precision) {
  switch (precision) {
    case Precision::BF16:
      return "bf16";
    case Precision::Int8:
      return "int8";
    default:
      return "f32";
  }
}

Precision precision_from_name(std::string_view name) {
  for (const Precision precision : {Precision::F32, Precision::BF16, Precision::Int8})
    if (name == name_of(precision)) return precision;
  fail(ErrorKind::InvalidArgument, "precision", "'{}' is none of f32, bf16, int8", name);
}

bool runs_here(Precision precision) {
  switch (precision) {
    case Precision::BF16:
      return has_bf16_instructions() && allowed_by_environment(precision);
    case Precision::Int8:
      return has_int8_instructions() && allowed_by_environment(precision);
    default:
      return true;
  }
}

Precision runnable(Precision wanted) {
  if (wanted == Precision::Int8 && !runs_here(wanted)) wanted = Precision::BF16;
  if (wanted == Precision::BF16 && !runs_here(wanted)) wanted = Precision::F32;
  return wanted;
}

std::string_view instructions_of(Precision precision) {
  switch (precision) {
    case Precision::BF16:
      return "AVX512-BF16";
    case Precision::Int8:
      return "AVX512-VNNI";
    default:
      return "nothing special";
  }
}

}  // namespace vigie
