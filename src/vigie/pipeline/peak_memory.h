#pragma once

#include <cstdint>

namespace vigie {

/// Starts a new measurement of peak_memory_bytes() (Linux: clears VmHWM; elsewhere the peak stays that of the process).
void reset_peak_memory();

/// Resident memory of the process, bytes; 0 when the system does not tell.
std::int64_t resident_memory_bytes();

/// Largest resident memory of the process since the last reset, bytes; 0 when the system does not tell.
std::int64_t peak_memory_bytes();

}  // namespace vigie
