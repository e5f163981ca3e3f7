#pragma once

#include <cstdint>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace vigie {

/// A small, fast generator (xoshiro256**, Blackman & Vigna 2018) whose stream is the same on every platform,
/// unlike the distributions of <random>.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t next();
  /// Uniform in [0, 1).
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Uniform integer in [0, n); n > 0. Unbiased.
  std::uint64_t below(std::uint64_t n);
  /// Standard normal (Marsaglia's polar method).
  double normal();

  template <typename T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

  /// A random permutation of 0 … n-1.
  std::vector<std::int64_t> permutation(std::int64_t n);

 private:
  std::uint64_t state_[4];
  double spare_ = 0.0;
  bool has_spare_ = false;
};

/// An independent seed for the part `name` of a run, so that adding a consumer does not move the others' numbers.
std::uint64_t derive_seed(std::uint64_t seed, std::string_view name);

/// 64-bit FNV-1a of bytes; for digests and seeds, not for security.
std::uint64_t fnv1a(std::string_view bytes, std::uint64_t start = 0xcbf29ce484222325ULL);

}  // namespace vigie
