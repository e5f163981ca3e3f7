#include <algorithm>
#include <cmath>
#include <vector>

#include "vigie/imaging/colour.h"

namespace vigie {

namespace {

/// CIE 1976 L*a*b*, white D65.
struct Lab {
  double lightness, a, b;
};

/// The path of the colours, chosen to stay inside sRGB.
constexpr Lab kPath[] = {{2, 4, -8}, {17, 22, -34}, {31, 44, -36}, {45, 60, 10}, {57, 58, 58}, {69, 36, 73}};

Lab between(const Lab& p, const Lab& q, double share) {
  return {std::lerp(p.lightness, q.lightness, share), std::lerp(p.a, q.a, share), std::lerp(p.b, q.b, share)};
}

double distance(const Lab& p, const Lab& q) {
  return std::hypot(p.lightness - q.lightness, p.a - q.a, p.b - q.b);
}

/// The point after `length` units of CIELAB distance along the path.
Lab point_at(double length) {
  for (std::size_t i = 0; i + 1 < std::size(kPath); ++i) {
    const double step = distance(kPath[i], kPath[i + 1]);
    if (length <= step) return between(kPath[i], kPath[i + 1], length / step);
    length -= step;
  }
  return kPath[std::size(kPath) - 1];
}

std::uint8_t srgb_byte(double linear) {
  const double clipped = std::clamp(linear, 0.0, 1.0);
  const double coded = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * std::pow(clipped, 1 / 2.4) - 0.055;
  return static_cast<std::uint8_t>(std::lround(coded * 255));
}

/// Through CIE XYZ (IEC 61966-2-1 primaries).
Rgb rgb_of(const Lab& lab) {
  const auto expand = [](double f) { return f > 6.0 / 29 ? f * f * f : 108.0 / 841 * (f - 4.0 / 29); };
  const double fy = (lab.lightness + 16) / 116;
  const double x = 0.95047 * expand(fy + lab.a / 500), y = expand(fy), z = 1.08883 * expand(fy - lab.b / 200);
  return {srgb_byte(3.2406 * x - 1.5372 * y - 0.4986 * z), srgb_byte(-0.9689 * x + 1.8758 * y + 0.0415 * z),
          srgb_byte(0.0557 * x - 0.2040 * y + 1.0570 * z)};
}

std::array<Rgb, 256> make_colours() {
  double length = 0;
  for (std::size_t i = 0; i + 1 < std::size(kPath); ++i) length += distance(kPath[i], kPath[i + 1]);
  std::array<Rgb, 256> colours;
  for (std::size_t i = 0; i < colours.size(); ++i) colours[i] = rgb_of(point_at(length * static_cast<double>(i) / 255));
  return colours;
}

}  // namespace

const std::array<Rgb, 256>& heat_colours() {
  static const std::array<Rgb, 256> colours = make_colours();
  return colours;
}

}  // namespace vigie
