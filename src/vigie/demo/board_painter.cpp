#include "vigie/demo/board_painter.h"

#include "vigie/demo/stroke_font.h"

namespace vigie::demo {

void BoardPainter::line(Vec2 from, Vec2 to, float half_width, const Finish& finish) {
  const Vec2 half = (to - from) * 0.5F;
  const Pose middle{(from + to) * 0.5F, 0};
  solid(
      middle, length(half) + half_width, [=](Vec2 q) { return segment_distance(q, half * -1, half) - half_width; },
      finish);
}

void BoardPainter::text(const Pose& pose, std::string_view letters, float height, float half_width, Rgb ink,
                        float opacity) {
  for (const auto& [from, to] : text_strokes(letters, height)) {
    const Vec2 half = (to - from) * 0.5F;
    paint(within(pose, (from + to) * 0.5F), length(half) + half_width, [=, this](Vec2 q) {
      const float d = segment_distance(q, half * -1, half) - half_width;
      return Layer{ink, opacity * clamp01(0.5F - d / sample_)};
    });
  }
}

void BoardPainter::shadow(const Pose& pose, Vec2 half, float radius, float height) {
  const Vec2 shift = light_in(pose) * (-0.55F * height);
  const float blur = 0.008F + 0.25F * height;
  paint(pose, length(half) + length(shift) + blur, [=](Vec2 q) {
    const float d = box_distance(q - shift, half, radius);
    const float contact = box_distance(q, half, radius);
    const float dark = 0.50F * smoothstep(blur, -blur, d) + 0.30F * smoothstep(0.014F, -0.005F, contact);
    return Layer{Rgb{0.002F, 0.004F, 0.003F}, dark};
  });
}

}  // namespace vigie::demo
