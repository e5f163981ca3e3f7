#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace vigie {

/// A 32-bit key that grows as the score falls. −0.0 comes right after +0.0, so that a walk comparing neighbours as
/// floats ties them.
inline std::uint32_t descending_key(float score) {
  const auto bits = std::bit_cast<std::uint32_t>(score);
  return (bits >> 31) != 0 ? bits : ~bits & 0x7fffffffU;
}

/// The score of a descending_key().
inline float score_from_key(std::uint32_t key) {
  return std::bit_cast<float>((key >> 31) != 0 ? key : ~key & 0x7fffffffU);
}

/// Sorts items by key_of(item), 32 bits without a sign, lowest first; stable. Radix sort, least significant digit
/// first, 8 bits a pass: O(n) time, scratch of one copy. Passes in which every item has the same digit are left out.
template <typename Item, typename KeyOf>
void sort_by_key(std::vector<Item>& items, KeyOf key_of) {
  constexpr int kBits = 8;
  constexpr std::size_t kBuckets = std::size_t{1} << kBits;
  constexpr std::size_t kPasses = 32 / kBits;
  const auto digit = [&](const Item& item, std::size_t pass) {
    return (key_of(item) >> (pass * kBits)) & (kBuckets - 1);
  };

  std::array<std::array<std::size_t, kBuckets>, kPasses> counts{};
  for (const Item& item : items)
    for (std::size_t pass = 0; pass < kPasses; ++pass) ++counts[pass][digit(item, pass)];

  std::vector<Item> scratch;
  for (std::size_t pass = 0; pass < kPasses; ++pass) {
    if (items.empty() || counts[pass][digit(items[0], pass)] == items.size()) continue;
    std::array<std::size_t, kBuckets> next{};
    for (std::size_t i = 1; i < kBuckets; ++i) next[i] = next[i - 1] + counts[pass][i - 1];
    scratch.resize(items.size());
    for (const Item& item : items) scratch[next[digit(item, pass)]++] = item;
    std::swap(items, scratch);
  }
}

/// Sorts items by score_of(item), highest first, as sort_by_key() does; no score may be NaN.
template <typename Item, typename ScoreOf>
void sort_descending(std::vector<Item>& items, ScoreOf score_of) {
  sort_by_key(items, [&](const Item& item) { return descending_key(score_of(item)); });
}

}  // namespace vigie
