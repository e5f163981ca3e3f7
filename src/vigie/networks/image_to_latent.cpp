#include "vigie/networks/image_to_latent.h"

#include "vigie/core/error.h"

namespace vigie {

void check_image_to_latent(std::string_view where, std::int64_t height, std::int64_t width, std::int64_t latent,
                           std::int64_t base) {
  const auto fits = [](std::int64_t side) { return side >= 32 && side <= 512 && side % 32 == 0; };
  VIGIE_CHECK(fits(height) && fits(width), where,
              "the sides of the input must be multiples of 32 from 32 to 512 pixels, got {} x {}", height, width);
  VIGIE_CHECK(latent >= 1 && latent <= 4096, where, "latent must be 1 … 4096, got {}", latent);
  VIGIE_CHECK(base >= 1 && base <= 512, where, "base channels must be 1 … 512, got {}", base);
}

}  // namespace vigie
