#pragma once

#include <cstdint>

#include "vigie/core/random.h"
#include "vigie/demo/geometry.h"

/// Lattice noise: a pure function of position and seed, so that a texture does not depend on the order of drawing.
namespace vigie::demo {

/// A number in [0, 1) from a lattice point.
float lattice(std::int32_t x, std::int32_t y, std::uint32_t seed);

/// Smooth value noise of unit cell size, in [-1, 1].
float noise(Vec2 p, std::uint32_t seed);
float noise(float x, std::uint32_t seed);

/// Sum of `octaves` value noises, each twice as fine and half as strong; about [-1, 1].
float fractal(Vec2 p, int octaves, std::uint32_t seed);

inline std::uint32_t texture_seed(Random& random) {
  return static_cast<std::uint32_t>(random.next() >> 32);
}
inline float uniform(Random& random, float low, float high) {
  return static_cast<float>(random.uniform(low, high));
}
inline bool chance(Random& random, double probability) {
  return random.uniform() < probability;
}

}  // namespace vigie::demo
