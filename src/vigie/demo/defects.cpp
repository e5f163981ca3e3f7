#include "vigie/demo/defects.h"

#include "vigie/demo/noise.h"

namespace vigie::demo {

ScratchLine::ScratchLine(Random& random, Vec2 start, float angle, float length, float half_width)
    : half_width_(half_width), seed_(texture_seed(random)) {
  constexpr int kSteps = 24;
  float bend = uniform(random, -1, 1) * 1.2F / kSteps;
  const float wobble = uniform(random, 0.02F, 0.10F);
  Vec2 at = start;
  for (int i = 0; i <= kSteps; ++i) {
    points_.push_back(at);
    angle += bend + wobble * (uniform(random, -1, 1));
    at = at + direction(angle) * (length / kSteps);
  }
  low_ = high_ = start;
  for (const Vec2 p : points_) {
    low_ = {std::min(low_.x, p.x - half_width), std::min(low_.y, p.y - half_width)};
    high_ = {std::max(high_.x, p.x + half_width), std::max(high_.y, p.y + half_width)};
  }
}

ScratchLine::Hit ScratchLine::at(Vec2 p) const {
  if (points_.empty() || p.x < low_.x || p.y < low_.y || p.x > high_.x || p.y > high_.y) return {};
  float best = half_width_;
  float place = 0;
  Vec2 nearest;
  for (std::size_t i = 0; i + 1 < points_.size(); ++i) {
    const Vec2 along = points_[i + 1] - points_[i];
    const float t = clamp01(dot(p - points_[i], along) / std::max(dot(along, along), 1e-12F));
    const Vec2 foot = points_[i] + along * t;
    if (const float d = length(p - foot); d < best) {
      best = d;
      nearest = foot;
      place = (static_cast<float>(i) + t) / static_cast<float>(points_.size() - 1);
    }
  }
  if (best >= half_width_) return {};
  const float ends = smoothstep(0, 0.15F, place) * smoothstep(1, 0.8F, place);
  const float pressure = clamp01(0.75F + 0.6F * noise(place * 9, seed_));
  const float width = half_width_ * (0.5F + 0.5F * ends * pressure);
  const float side = best / width;
  if (side >= 1) return {};
  return {(0.25F + 0.75F * ends) * pressure * (1 - side * side), normalised(p - nearest), side};
}

Blot Blot::random(Random& random, Vec2 centre, float radius) {
  const float stretch = uniform(random, 0.75F, 1.35F);
  Blot blot;
  blot.centre = centre;
  blot.half = {radius * stretch, radius / stretch};
  blot.turn = direction(uniform(random, 0, kPi));
  blot.raggedness = uniform(random, 0.25F, 0.5F);
  blot.seed = texture_seed(random);
  return blot;
}

float Blot::distance(Vec2 p) const {
  const Vec2 q = unrotated(p - centre, turn);
  const Vec2 unit{q.x / half.x, q.y / half.y};
  const float reach = length(unit);
  if (reach > 2.5F) return reach - 1;
  return reach - 1 + raggedness * fractal(unit * 1.7F, 4, seed);
}

float Blot::cover(Vec2 p, float softness) const {
  const float d = distance(p);
  const float body = smoothstep(softness, -softness, d);
  return body * (0.75F + 0.25F * smoothstep(-0.6F, -0.05F, d));
}

}  // namespace vigie::demo
