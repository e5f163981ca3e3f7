#pragma once

#include <string_view>

#include "vigie/demo/canvas.h"
#include "vigie/demo/noise.h"

namespace vigie::demo {

/// Where something lies: its own frame is moved to `at` and turned.
struct Pose {
  Vec2 at;
  float angle = 0;
};

/// How a solid looks under the board's lamp.
struct Finish {
  Rgb colour;
  float bevel = 0.008F;  ///< width of the rounded edge
  float relief = 0.4F;   ///< how much lighter and darker the edge gets
  float gloss = 0;       ///< mirrored lamp on the edge that faces it
  float grain = 0;       ///< contrast of the surface's own texture
  std::uint32_t seed = 0;
};

/// Paints shapes in a board's coordinates on a canvas, each over its own box only.
class BoardPainter {
 public:
  BoardPainter(Canvas& canvas, Pose board, float scale, Vec2 light, Vec2 gradient)
      : canvas_(canvas),
        at_(board.at),
        angle_(board.angle),
        turn_(direction(board.angle)),
        scale_(scale),
        light_(light),
        gradient_(gradient),
        sample_(canvas.sample_size() / scale) {}

  /// Unit vector towards the lamp in the frame of `pose`.
  Vec2 light_in(const Pose& pose) const { return unrotated(light_, direction(angle_ + pose.angle)); }
  float light_at(Vec2 scene) const { return 1 + dot(scene, gradient_); }
  Vec2 board_from_scene(Vec2 p) const { return unrotated(p - at_, turn_) * (1 / scale_); }

  /// layer(q) over the square of half side `reach` around `pose`, q in its frame.
  template <typename LayerAt>
  void paint(const Pose& pose, float reach, const LayerAt& layer) {
    const Vec2 middle = at_ + rotated(pose.at, turn_) * scale_;
    const Vec2 turn = direction(angle_ + pose.angle);
    const float box = reach * scale_ * 1.4143F + 2 * sample_;
    if (std::abs(middle.x) - box > 1 || std::abs(middle.y) - box > 1) return;
    canvas_.blend(middle - Vec2{box, box}, middle + Vec2{box, box}, [&](Vec2 p) {
      Layer result = layer(unrotated(p - middle, turn) * (1 / scale_));
      result.colour = result.colour * light_at(p);
      return result;
    });
  }

  /// A solid of the given signed distance with rounded, lit edges.
  template <typename Distance>
  void solid(const Pose& pose, float reach, const Distance& distance, const Finish& finish) {
    const Vec2 light = light_in(pose);
    paint(pose, reach, [&](Vec2 q) {
      const float d = distance(q);
      if (d > sample_) return Layer{};
      const float edge = clamp01(1 + d / finish.bevel);
      float facing = 0;
      if (edge > 0) {
        const float e = 0.5F * sample_;
        const Vec2 rise{distance({q.x + e, q.y}) - d, distance({q.x, q.y + e}) - d};
        facing = edge * dot(normalised(rise), light);
      }
      const float texture = finish.grain > 0 ? finish.grain * noise(q * 70, finish.seed) : 0;
      const float shine = finish.gloss * smoothstep(0.25F, 0.8F, facing) * smoothstep(1.0F, 0.7F, facing);
      const Rgb colour =
          finish.colour * std::max(0.05F, 1 + finish.relief * facing + texture) + Rgb{shine, shine, shine};
      return Layer{colour, clamp01(0.5F - d / sample_)};
    });
  }

  void box(const Pose& pose, Vec2 half, float radius, const Finish& finish) {
    solid(
        pose, length(half), [=](Vec2 q) { return box_distance(q, half, radius); }, finish);
  }
  void disc(const Pose& pose, float radius, const Finish& finish) {
    solid(
        pose, radius, [=](Vec2 q) { return length(q) - radius; }, finish);
  }
  void line(Vec2 from, Vec2 to, float half_width, const Finish& finish);
  /// Capitals and digits, drawn with a pen of the given half width.
  void text(const Pose& pose, std::string_view letters, float height, float half_width, Rgb ink, float opacity);
  /// The soft shadow of a box of `height` above the board.
  void shadow(const Pose& pose, Vec2 half, float radius, float height);

 private:
  Canvas& canvas_;
  Vec2 at_;
  float angle_;
  Vec2 turn_;
  float scale_;
  Vec2 light_;
  Vec2 gradient_;
  float sample_;
};

/// The pose `local`, given in the frame of `outer`, in the frame that `outer` is given in.
inline Pose within(const Pose& outer, Vec2 local, float angle = 0) {
  return {outer.at + rotated(local, direction(outer.angle)), outer.angle + angle};
}

}  // namespace vigie::demo
