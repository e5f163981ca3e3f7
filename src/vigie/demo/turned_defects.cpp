#include "vigie/demo/noise.h"
#include "vigie/demo/turned_part.h"

namespace vigie::demo {

// A Gaussian pit: the tool marks on its flanks lean inwards and its floor is smeared.
void TurnedPart::add_dent(MetalSurface& surface, Vec2 q) const {
  const Vec2 d = (q - spot_) * (1 / spot_size_);
  const float bell = std::exp(-0.5F * dot(d, d));
  if (bell < 1e-3F) return;
  surface.tilt = surface.tilt * (1 - 0.6F * bell) - d * (spot_depth_ * bell);
  surface.rough_along = mix(surface.rough_along, 0.2F, bell);
  surface.open *= 1 - 0.35F * spot_depth_ * bell;
}

void TurnedPart::add_scratch(MetalSurface& surface, Vec2 q) const {
  const ScratchLine::Hit hit = scratch_.at(q);
  if (hit.depth <= 0) return;
  const float cut = clamp01(hit.depth * mix(0.6F, 1.3F, defect_.severity));
  surface.tilt = surface.tilt * (1 - cut) - hit.across * (0.6F * cut * hit.side);
  surface.rough_along = mix(surface.rough_along, 0.30F, cut);
  surface.rough_across = mix(surface.rough_across, 0.32F, cut);
  surface.tint = mix(surface.tint, Rgb{1.05F, 1.05F, 1.05F}, 0.5F * cut);
}

void TurnedPart::add_stain(MetalSurface& surface, Vec2 q) const {
  const float cover = spot_depth_ * blot_.cover(q, 0.12F);
  surface.tint = mix(surface.tint, surface.tint * stain_tint_, cover);
  surface.gloss *= 1 - 0.6F * cover;
}

// Torn grain beside the bite, and a bright burr along its very edge.
void TurnedPart::add_broken_edge(MetalSurface& surface, Vec2 q) const {
  const float from_bite = bite(q);
  const float torn = smoothstep(0.045F, 0.010F, from_bite);
  if (torn <= 0) return;
  const Vec2 at = q * 60;
  const Vec2 facet{noise(at, rubble_ + 3), noise(at, rubble_ + 4)};
  surface.tilt = surface.tilt * (1 - torn) + facet * (0.8F * torn);
  surface.rough_along = mix(surface.rough_along, 0.25F, torn);
  surface.tint = mix(surface.tint, surface.tint * (0.75F + 0.35F * noise(at * 0.6F, rubble_ + 5)), torn);
  surface.gloss += 0.8F * smoothstep(0.014F, 0.004F, from_bite);
}

}  // namespace vigie::demo
