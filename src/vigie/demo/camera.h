#pragma once

#include "vigie/core/random.h"
#include "vigie/core/tensor.h"
#include "vigie/demo/geometry.h"

namespace vigie::demo {

/// A colour camera: what it adds to a scene besides the scene.
struct Camera {
  float exposure = 1;
  float vignetting = 0.15F;    ///< loss of light in the corners
  Vec2 optical_centre;         ///< scene units
  float blur = 0.6F;           ///< standard deviation of the point spread, pixels
  float full_well = 9000;      ///< electrons at white: shot noise
  float read_noise = 0.0015F;  ///< of white
  Rgb white_balance{1, 1, 1};
  std::uint64_t noise_seed = 0;
};

/// A camera with the small differences between shots; the point spread and the sensor stay the same.
Camera random_camera(Random& random);

/// Light on the sensor, without noise: F32 [H W 3] linear -> F32 [H W 3] linear.
Tensor expose(const Tensor& scene, const Camera& camera);

/// The sRGB curve of a linear value, 0 … 1.
float encode_gamma(float linear);

/// Adds shot and read noise, applies the sRGB curve: F32 [H W 3] linear -> U8 [H W 3]. The noise drawn for a pixel
/// depends on its place and value only.
Tensor develop(const Tensor& light, const Camera& camera);

}  // namespace vigie::demo
