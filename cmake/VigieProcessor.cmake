# What processors the build is for. Source files with instructions of one family are chosen by these two; no other place
# asks:   VIGIE_X86       the target is x86-64 (core/cpu.h, search/int8_tile.h)
#         VIGIE_HAS_AVX2  every processor that the build runs on has AVX2 (imaging/avx2)
include(CheckCXXSourceCompiles)

set(VIGIE_X86 OFF)
set(_vigie_march "")  # the compiler's default
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  set(VIGIE_X86 ON)
  set(_vigie_march x86-64-v3)
endif()
set(VIGIE_MARCH "${_vigie_march}" CACHE STRING "Oldest processor the binary runs on (gcc -march); empty for the compiler's default")

if(VIGIE_MARCH)
  set(CMAKE_REQUIRED_FLAGS -march=${VIGIE_MARCH})
endif()
string(MAKE_C_IDENTIFIER "VIGIE_AVX2_IN_${VIGIE_MARCH}" _vigie_check)  # looked up again when the processor changes
check_cxx_source_compiles("#ifndef __AVX2__\n#error none\n#endif\nint main() {}" ${_vigie_check})
set(VIGIE_HAS_AVX2 ${${_vigie_check}})
unset(CMAKE_REQUIRED_FLAGS)
