#pragma once

#include <cstdint>

namespace vigie {

/// How long the kernel lets a thread run before others get their turn, nanoseconds; 0 where it keeps none for each
/// thread (Linux before 6.12), or where the thread is scheduled by other rules (real time, idle).
std::int64_t time_slice();

/// kShortSlice, so that this thread and those it will create take turns with busy programs often instead of waiting
/// long for one: the end of a parallel loop waits for the last thread's turn. The share of the processor stays the
/// same, and alone nothing changes. Does nothing when the slice is shorter already or the kernel keeps none.
void ask_for_short_slices();

/// Of 0.1 ms (the kernel's least) to 1 ms, measured beside two busy programs (docs/performance.md).
inline constexpr std::int64_t kShortSlice = 300'000;

}  // namespace vigie
