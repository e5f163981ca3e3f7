#pragma once

#include <cstddef>
#include <vector>

#include "vigie/engine/program.h"

namespace vigie::engine {

/// Where a value lives while a program runs.
struct Place {
  enum class Kind { None, Input, Output, Arena };
  Kind kind = Kind::None;
  std::size_t at = 0;  ///< Input, Output: its index; Arena: byte offset
};

/// An output that could not be written in place: it is the input, or a second name of another output.
struct OutputCopy {
  int value = 0;
  std::size_t output = 0;
};

struct MemoryPlan {
  std::vector<Place> places;     ///< by value
  std::vector<int> overwritten;  ///< by step: the value whose memory the result takes over; -1: none
  std::vector<OutputCopy> copies;
  std::size_t arena_bytes = 0;
};

/// Values that are never alive together share memory. Element-wise steps and residual sums work in place where the
/// old value is read by nobody later, has elements of the same size, and is neither the caller's input nor an output.
/// `shapes` by node.
MemoryPlan plan_memory(const Program& program, const std::vector<Shape>& shapes);

/// A stretch of memory needed from step `first` to step `last`, both included.
struct Interval {
  std::size_t bytes = 0;
  int first = 0;
  int last = 0;
};

/// Byte offsets, 64-aligned, such that intervals that overlap in time do not overlap in memory. Greedy, largest first
/// (Pisarchyk & Lee 2020, "Efficient memory management for deep neural net inference").
std::vector<std::size_t> pack(const std::vector<Interval>& intervals);

}  // namespace vigie::engine
