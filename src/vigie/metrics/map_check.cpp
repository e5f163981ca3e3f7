#include "vigie/metrics/map_check.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "vigie/core/error.h"
#include "vigie/core/threads.h"

namespace vigie {

namespace {

void check_map(const ScoredMap& image, std::size_t i, std::string_view where) {
  const auto& [map, mask] = image;
  VIGIE_CHECK(map.dtype() == DType::F32 && map.rank() == 2, where, "image {}: the map must be f32 [H W], got {} {}", i,
              name_of(map.dtype()), to_string(map.shape()));
  const bool mask_fits = mask.empty() || (mask.dtype() == DType::U8 && mask.shape() == map.shape());
  VIGIE_CHECK(mask_fits, where, "image {}: the mask must be u8 {} as the map, got {} {}", i, to_string(map.shape()),
              name_of(mask.dtype()), to_string(mask.shape()));
  const auto values = map.values<float>();
  const std::size_t bad = first_not_finite(values);
  VIGIE_CHECK(bad == values.size(), where, "image {}: map value {} is {}; scores must be finite", i, bad, values[bad]);
}

}  // namespace

std::size_t first_not_finite(std::span<const float> values) {
  constexpr std::size_t kBlock = 4096;
  constexpr std::uint32_t kExponent = 0x7f800000U;  // all ones in infinities and NaN alone
  for (std::size_t begin = 0; begin < values.size(); begin += kBlock) {
    const auto block = values.subspan(begin, std::min(kBlock, values.size() - begin));
    std::uint32_t found = 0;
    for (const float value : block) found |= (std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent ? 1U : 0U;
    if (found == 0) continue;
    const auto bad = std::find_if(block.begin(), block.end(), [](float value) { return !std::isfinite(value); });
    return begin + static_cast<std::size_t>(bad - block.begin());
  }
  return values.size();
}

void check_maps(const std::vector<ScoredMap>& images, std::string_view where) {
  parallel_for(static_cast<std::int64_t>(images.size()), [&](std::int64_t i) {
    check_map(images[static_cast<std::size_t>(i)], static_cast<std::size_t>(i), where);
  });
}

std::pair<std::int64_t, std::int64_t> defect_rows(const Tensor& mask) {
  if (mask.empty()) return {0, 0};
  const auto pixels = mask.values<std::uint8_t>();
  const auto is_defect = [](std::uint8_t pixel) { return pixel != 0; };
  const auto first = std::find_if(pixels.begin(), pixels.end(), is_defect);
  if (first == pixels.end()) return {0, 0};
  const auto behind_last = std::find_if(pixels.rbegin(), pixels.rend(), is_defect).base();
  return {(first - pixels.begin()) / mask.dim(1), (behind_last - 1 - pixels.begin()) / mask.dim(1) + 1};
}

bool has_defect(const Tensor& mask) {
  const auto [top, bottom] = defect_rows(mask);
  return top != bottom;
}

}  // namespace vigie
