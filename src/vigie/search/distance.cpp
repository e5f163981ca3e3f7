#include "vigie/search/distance.h"

#include <cstring>

namespace vigie {

namespace {

using Lanes [[gnu::vector_size(32)]] = float;
constexpr std::int64_t kLanes = 8;
constexpr std::int64_t kStep = 4 * kLanes;

/// Four vectors of partial sums: enough independent additions to hide their latency.
struct Sums {
  Lanes a{}, b{}, c{}, d{};
};

inline Lanes squared_difference(const float* x, const float* y) {
  Lanes u, v;
  std::memcpy(&u, x, sizeof u);
  std::memcpy(&v, y, sizeof v);
  return (u - v) * (u - v);
}

inline void accumulate(Sums& sums, const float* x, const float* y) {
  sums.a += squared_difference(x, y);
  sums.b += squared_difference(x + kLanes, y + kLanes);
  sums.c += squared_difference(x + 2 * kLanes, y + 2 * kLanes);
  sums.d += squared_difference(x + 3 * kLanes, y + 3 * kLanes);
}

inline float fold(const Sums& sums) {
  const Lanes s = (sums.a + sums.b) + (sums.c + sums.d);
  return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
}

/// The last count < kStep differences, as if zeros followed. Apart, so that the common lengths need no stack.
[[gnu::noinline]] void accumulate_tail(Sums& sums, const float* x, const float* y, std::int64_t count) {
  float tail_x[kStep] = {}, tail_y[kStep] = {};
  std::memcpy(tail_x, x, static_cast<std::size_t>(count) * sizeof(float));
  std::memcpy(tail_y, y, static_cast<std::size_t>(count) * sizeof(float));
  accumulate(sums, tail_x, tail_y);
}

}  // namespace

float squared_distance(const float* x, const float* y, std::int64_t count) {
  Sums sums;
  std::int64_t i = 0;
  for (; i + kStep <= count; i += kStep) accumulate(sums, x + i, y + i);
  if (i == count) return fold(sums);
  Sums with_tail = sums;
  accumulate_tail(with_tail, x + i, y + i, count - i);
  return fold(with_tail);
}

double squared_norm(const float* x, std::int64_t count) {
  double sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += static_cast<double>(x[i]) * x[i];
  return sum;
}

}  // namespace vigie
