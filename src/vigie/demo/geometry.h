#pragma once

#include <algorithm>
#include <cmath>

/// Small plane geometry, colours and signed distances for drawing the demo parts. A scene is the square [-1, 1]², x to
/// the right and y down; distances are negative inside a shape.
namespace vigie::demo {

constexpr float kPi = 3.14159265358979F;

struct Vec2 {
  float x = 0;
  float y = 0;
};

inline Vec2 operator+(Vec2 a, Vec2 b) {
  return {a.x + b.x, a.y + b.y};
}
inline Vec2 operator-(Vec2 a, Vec2 b) {
  return {a.x - b.x, a.y - b.y};
}
inline Vec2 operator*(Vec2 a, float k) {
  return {a.x * k, a.y * k};
}
inline float dot(Vec2 a, Vec2 b) {
  return a.x * b.x + a.y * b.y;
}
inline float length(Vec2 a) {
  return std::sqrt(dot(a, a));
}
inline Vec2 perpendicular(Vec2 a) {
  return {-a.y, a.x};
}
inline Vec2 direction(float angle) {
  return {std::cos(angle), std::sin(angle)};
}
/// Turns `a` by the angle whose cosine and sine are in `turn`.
inline Vec2 rotated(Vec2 a, Vec2 turn) {
  return {a.x * turn.x - a.y * turn.y, a.x * turn.y + a.y * turn.x};
}
inline Vec2 unrotated(Vec2 a, Vec2 turn) {
  return rotated(a, {turn.x, -turn.y});
}
inline Vec2 normalised(Vec2 a) {
  return a * (1 / std::max(length(a), 1e-9F));
}

/// Linear light, 1 = the sensor's white at unit exposure.
struct Rgb {
  float r = 0;
  float g = 0;
  float b = 0;
};

inline Rgb operator+(Rgb a, Rgb b) {
  return {a.r + b.r, a.g + b.g, a.b + b.b};
}
inline Rgb operator*(Rgb a, Rgb b) {
  return {a.r * b.r, a.g * b.g, a.b * b.b};
}
inline Rgb operator*(Rgb a, float k) {
  return {a.r * k, a.g * k, a.b * k};
}

inline float clamp01(float x) {
  return std::clamp(x, 0.0F, 1.0F);
}
inline float mix(float a, float b, float t) {
  return a + (b - a) * t;
}
inline Rgb mix(Rgb a, Rgb b, float t) {
  return a * (1 - t) + b * t;
}
/// 0 below `low`, 1 above `high`, smooth between; low > high gives the falling step.
inline float smoothstep(float low, float high, float x) {
  const float t = clamp01((x - low) / (high - low));
  return t * t * (3 - 2 * t);
}

inline float box_distance(Vec2 p, Vec2 half, float radius) {
  const Vec2 q{std::abs(p.x) - half.x + radius, std::abs(p.y) - half.y + radius};
  return length({std::max(q.x, 0.0F), std::max(q.y, 0.0F)}) + std::min(std::max(q.x, q.y), 0.0F) - radius;
}

inline float segment_distance(Vec2 p, Vec2 a, Vec2 b) {
  const Vec2 along = b - a;
  const float t = clamp01(dot(p - a, along) / std::max(dot(along, along), 1e-12F));
  return length(p - a - along * t);
}

}  // namespace vigie::demo
