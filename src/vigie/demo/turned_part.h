#pragma once

#include <array>
#include <cstdint>

#include "vigie/demo/defects.h"
#include "vigie/demo/sample.h"

namespace vigie::demo {

/// What light meets at a point of metal. Slopes are those of the surface normal: n = (tilt, 1) normalised.
struct MetalSurface {
  Vec2 tilt;
  Vec2 across{1, 0};           ///< unit vector across the tool marks
  float rough_across = 0.30F;  ///< spread of the micro-slopes across the marks
  float rough_along = 0.085F;  ///< and along them: small, hence the bow-tie highlight of turned metal
  Rgb tint{0.9F, 0.9F, 0.9F};
  float gloss = 1;
  float open = 1;  ///< share of the surroundings that reaches the point
};

/// A lamp at `height` above the scene plane.
struct Lamp {
  Vec2 at;
  float height = 2;
  float power = 1;
};

/// A flange turned on a lathe, seen from above on a dark belt: hub, bore with keyway, six countersunk bolt holes. It
/// lies at any angle while the lamps stay: tool marks reflect anisotropically (Ward, SIGGRAPH 1992, in slope space).
class TurnedPart {
 public:
  TurnedPart(std::uint64_t seed, const Defect& defect);
  Rgb at(Vec2 p) const;

 private:
  struct Hole {
    int index = 0;
    Vec2 from_centre;
  };
  void place_defect(const Defect& defect);
  Hole nearest_hole(Vec2 q) const;
  bool in_bore(Vec2 q) const;
  float bite(Vec2 q) const;
  Rgb belt(Vec2 p) const;
  Rgb cavity(Vec2 from_centre, float radius) const;
  MetalSurface turned_face(Vec2 q, float radius) const;
  void add_profile(MetalSurface& surface, float radius, const Hole& hole) const;
  void add_dent(MetalSurface& surface, Vec2 q) const;
  void add_scratch(MetalSurface& surface, Vec2 q) const;
  void add_stain(MetalSurface& surface, Vec2 q) const;
  void add_broken_edge(MetalSurface& surface, Vec2 q) const;
  bool hole_is_filled(const Hole& hole) const;
  MetalSurface filling(Vec2 q, const Hole& hole) const;
  Rgb lit(const MetalSurface& surface, Vec2 p) const;

  Vec2 centre_, turn_;
  float scale_ = 1;
  float pitch_ = 0.02F, groove_ = 0.08F, pitch_phase_ = 0;
  Rgb metal_;
  std::array<Lamp, 3> lamps_;
  Vec2 belt_shift_;
  std::uint32_t grain_ = 0, chatter_ = 0, belt_grain_ = 0;

  Defect defect_;
  ScratchLine scratch_;
  Blot blot_;  ///< the stain
  Vec2 spot_;  ///< centre of the dent, or of the chip on the outline
  float spot_size_ = 0;
  float spot_depth_ = 0;
  int blocked_ = -1;  ///< index of the blocked hole
  bool never_drilled_ = false;
  Rgb stain_tint_;
  std::uint32_t rubble_ = 0;
};

}  // namespace vigie::demo
