#pragma once

#include <vector>

#include "vigie/core/random.h"
#include "vigie/demo/geometry.h"

/// Shapes of defects that more than one product has.
namespace vigie::demo {

/// A scratch: a bent line with places where the tool lifted off.
class ScratchLine {
 public:
  ScratchLine() = default;
  /// From `start` towards `angle`, `length` long, `half_width` wide on each side.
  ScratchLine(Random& random, Vec2 start, float angle, float length, float half_width);

  struct Hit {
    float depth = 0;  ///< 0: untouched … 1: the bottom of the groove
    Vec2 across;      ///< unit vector across the groove, pointing away from its centre line
    float side = 0;   ///< distance from the centre line, 1 = at the edge
  };
  Hit at(Vec2 p) const;

 private:
  std::vector<Vec2> points_;
  Vec2 low_, high_;
  float half_width_ = 0;
  std::uint32_t seed_ = 0;
};

/// A blot with a ragged outline: dried liquid, a hole in cloth.
struct Blot {
  Vec2 centre;
  Vec2 half;  ///< half axes
  Vec2 turn{1, 0};
  float raggedness = 0.3F;
  std::uint32_t seed = 0;

  static Blot random(Random& random, Vec2 centre, float radius);
  /// About the distance from the outline in units of the radius: -1 at the centre, 0 on the outline.
  float distance(Vec2 p) const;
  /// 1 inside, falling to 0 over `softness` radii, darker along the rim as a dried drop is.
  float cover(Vec2 p, float softness) const;
};

}  // namespace vigie::demo
