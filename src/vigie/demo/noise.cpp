#include "vigie/demo/noise.h"

namespace vigie::demo {

namespace {

float fade(float t) {
  return t * t * t * (t * (t * 6 - 15) + 10);
}

std::int32_t cell_of(float x) {
  return static_cast<std::int32_t>(std::floor(x));
}

}  // namespace

float lattice(std::int32_t x, std::int32_t y, std::uint32_t seed) {
  std::uint32_t h =
      seed ^ (static_cast<std::uint32_t>(x) * 0x9e3779b1U) ^ (static_cast<std::uint32_t>(y) * 0x85ebca77U);
  h = (h ^ (h >> 15)) * 0x2c1b3c6dU;
  h = (h ^ (h >> 12)) * 0x297a2d39U;
  h ^= h >> 15;
  return static_cast<float>(h >> 8) * 0x1.0p-24F;
}

float noise(Vec2 p, std::uint32_t seed) {
  const std::int32_t x = cell_of(p.x);
  const std::int32_t y = cell_of(p.y);
  const float u = fade(p.x - static_cast<float>(x));
  const float v = fade(p.y - static_cast<float>(y));
  const float top = mix(lattice(x, y, seed), lattice(x + 1, y, seed), u);
  const float bottom = mix(lattice(x, y + 1, seed), lattice(x + 1, y + 1, seed), u);
  return 2 * mix(top, bottom, v) - 1;
}

float noise(float x, std::uint32_t seed) {
  const std::int32_t cell = cell_of(x);
  return 2 * mix(lattice(cell, 0, seed), lattice(cell + 1, 0, seed), fade(x - static_cast<float>(cell))) - 1;
}

float fractal(Vec2 p, int octaves, std::uint32_t seed) {
  float sum = 0;
  float weight = 0.5F;
  for (int i = 0; i < octaves; ++i) {
    sum += weight * noise(p, seed + static_cast<std::uint32_t>(i) * 0x3c6ef372U);
    p = Vec2{p.x * 2 + 17.3F, p.y * 2 - 9.1F};
    weight *= 0.5F;
  }
  return sum;
}

}  // namespace vigie::demo
