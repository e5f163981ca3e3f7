#pragma once

#include <cstdint>
#include <string_view>

namespace vigie {

/// What every network that squeezes an image into numbers asks of its sizes. Throws InvalidArgument, from `where`,
/// unless height and width are multiples of 32 from 32 to 512 pixels, latent is 1 … 4096 and base (channels) is 1 …
/// 512.
void check_image_to_latent(std::string_view where, std::int64_t height, std::int64_t width, std::int64_t latent,
                           std::int64_t base);

}  // namespace vigie
