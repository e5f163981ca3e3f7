#include "vigie/imaging/perlin_noise.h"

#include <cmath>
#include <numbers>
#include <vector>

namespace vigie {

namespace {

/// Rises from 0 to 1 with first and second derivative 0 at both ends.
double fade(double t) {
  return t * t * t * (t * (t * 6 - 15) + 10);
}

double between(double a, double b, double share) {
  return a + (b - a) * share;
}

}  // namespace

Tensor perlin_noise(std::int64_t height, std::int64_t width, std::int64_t rows, std::int64_t columns, Random& random) {
  VIGIE_CHECK(height > 0 && width > 0 && rows > 0 && columns > 0, "perlin_noise",
              "pixels and cells are needed, got {}x{} pixels in {}x{} cells", width, height, columns, rows);
  struct Gradient {
    double x, y;
  };
  std::vector<Gradient> gradients;
  for (std::int64_t i = 0; i < (rows + 1) * (columns + 1); ++i) {
    const double angle = random.uniform(0, 2 * std::numbers::pi);
    gradients.push_back({std::cos(angle), std::sin(angle)});
  }
  Tensor out({height, width});
  float* value = out.data<float>();
  for (std::int64_t y = 0; y < height; ++y) {
    const double v = static_cast<double>(y * rows) / static_cast<double>(height), top = std::floor(v), dy = v - top;
    for (std::int64_t x = 0; x < width; ++x) {
      const double u = static_cast<double>(x * columns) / static_cast<double>(width), left = std::floor(u);
      const double dx = u - left;
      const Gradient* corner =
          gradients.data() + static_cast<std::int64_t>(top) * (columns + 1) + static_cast<std::int64_t>(left);
      const auto slope = [&](std::int64_t down, std::int64_t right) {
        const Gradient& g = corner[down * (columns + 1) + right];
        return g.x * (dx - static_cast<double>(right)) + g.y * (dy - static_cast<double>(down));
      };
      *value++ = static_cast<float>(
          between(between(slope(0, 0), slope(0, 1), fade(dx)), between(slope(1, 0), slope(1, 1), fade(dx)), fade(dy)));
    }
  }
  return out;
}

}  // namespace vigie
