#include "vigie/demo/camera.h"

#include <array>

#include "vigie/demo/noise.h"

namespace vigie::demo {

namespace {

constexpr std::int64_t kReach = 3;  // taps on each side of the point spread

std::array<float, 2 * kReach + 1> point_spread(float sigma) {
  std::array<float, 2 * kReach + 1> taps{};
  float sum = 0;
  for (std::int64_t i = -kReach; i <= kReach; ++i) {
    const float x = static_cast<float>(i) / sigma;
    sum += taps[static_cast<std::size_t>(i + kReach)] = std::exp(-0.5F * x * x);
  }
  for (float& tap : taps) tap /= sum;
  return taps;
}

// One pass along an axis of `length` steps of `stride` floats; lines of the other axis follow every `line` floats.
void blur_lines(const float* in, float* out, std::int64_t length, std::int64_t stride, std::int64_t line, float sigma) {
  const auto taps = point_spread(sigma);
  for (std::int64_t j = 0; j < length; ++j)
    for (std::int64_t i = 0; i < length; ++i)
      for (std::int64_t c = 0; c < 3; ++c) {
        float sum = 0;
        for (std::int64_t k = -kReach; k <= kReach; ++k) {
          const std::int64_t at = std::clamp<std::int64_t>(i + k, 0, length - 1);
          sum += taps[static_cast<std::size_t>(k + kReach)] * in[j * line + at * stride + c];
        }
        out[j * line + i * stride + c] = sum;
      }
}

}  // namespace

Camera random_camera(Random& random) {
  Camera camera;
  camera.exposure = uniform(random, 0.92F, 1.08F);
  camera.vignetting = uniform(random, 0.10F, 0.20F);
  camera.optical_centre = {uniform(random, -0.1F, 0.1F), uniform(random, -0.1F, 0.1F)};
  camera.white_balance = {uniform(random, 0.98F, 1.02F), 1, uniform(random, 0.97F, 1.03F)};
  camera.noise_seed = random.next();
  return camera;
}

Tensor expose(const Tensor& scene, const Camera& camera) {
  const std::int64_t size = scene.dim(0);
  Tensor half = scene.clone();
  Tensor light = scene.clone();
  blur_lines(scene.data<float>(), half.data<float>(), size, 3, size * 3, camera.blur);
  blur_lines(half.data<float>(), light.data<float>(), size, size * 3, 3, camera.blur);
  float* out = light.data<float>();
  for (std::int64_t y = 0; y < size; ++y)
    for (std::int64_t x = 0; x < size; ++x, out += 3) {
      const float step = 2.0F / static_cast<float>(size);
      const Vec2 p{(static_cast<float>(x) + 0.5F) * step - 1, (static_cast<float>(y) + 0.5F) * step - 1};
      const Vec2 off_axis = p - camera.optical_centre;
      const float gain = camera.exposure * (1 - camera.vignetting * 0.5F * dot(off_axis, off_axis));
      out[0] *= gain * camera.white_balance.r;
      out[1] *= gain * camera.white_balance.g;
      out[2] *= gain * camera.white_balance.b;
    }
  return light;
}

float encode_gamma(float linear) {
  const float x = clamp01(linear);
  return x <= 0.0031308F ? 12.92F * x : 1.055F * std::pow(x, 1 / 2.4F) - 0.055F;
}

Tensor develop(const Tensor& light, const Camera& camera) {
  Tensor image(light.shape(), DType::U8);
  const auto in = light.values<float>();
  const auto out = image.values<std::uint8_t>();
  Random random(camera.noise_seed);
  for (std::size_t i = 0; i < in.size(); ++i) {
    const float signal = std::max(in[i], 0.0F);
    const float deviation = std::sqrt(signal / camera.full_well + camera.read_noise * camera.read_noise);
    const float noisy = signal + deviation * static_cast<float>(random.normal());
    out[i] = static_cast<std::uint8_t>(std::lround(255 * encode_gamma(noisy)));
  }
  return image;
}

}  // namespace vigie::demo
