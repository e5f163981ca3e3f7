#include "vigie/metrics/map_check.h"

#include <algorithm>
#include <cmath>

#include "vigie/core/error.h"

namespace vigie {

void check_maps(const std::vector<ScoredMap>& images, std::string_view where) {
  for (std::size_t i = 0; i < images.size(); ++i) {
    const Tensor& map = images[i].map;
    const Tensor& mask = images[i].mask;
    VIGIE_CHECK(map.dtype() == DType::F32 && map.rank() == 2, where, "image {}: the map must be f32 [H W], got {} {}",
                i, name_of(map.dtype()), to_string(map.shape()));
    const bool mask_fits = mask.empty() || (mask.dtype() == DType::U8 && mask.shape() == map.shape());
    VIGIE_CHECK(mask_fits, where, "image {}: the mask must be u8 {} as the map, got {} {}", i, to_string(map.shape()),
                name_of(mask.dtype()), to_string(mask.shape()));
    const auto values = map.values<float>();
    const auto bad = std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
    VIGIE_CHECK(bad == values.end(), where, "image {}: map value {} is {}; scores must be finite", i,
                bad - values.begin(), *bad);
  }
}

bool has_defect(const Tensor& mask) {
  if (mask.empty()) return false;
  const auto pixels = mask.values<std::uint8_t>();
  return std::any_of(pixels.begin(), pixels.end(), [](std::uint8_t pixel) { return pixel != 0; });
}

}  // namespace vigie
