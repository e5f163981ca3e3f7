#include "vigie/demo/turned_part.h"

#include "vigie/demo/noise.h"

namespace vigie::demo {

namespace {

// Radii of the drawing, scene units at scale 1.
constexpr float kRim = 0.80F;
constexpr float kRimChamfer = 0.765F;
constexpr float kHub = 0.41F;
constexpr float kHubChamfer = 0.38F;
constexpr float kBore = 0.19F;
constexpr float kBoreChamfer = 0.215F;
constexpr float kKeyHalfWidth = 0.045F;
constexpr float kKeyEnd = 0.265F;
constexpr float kBoltCircle = 0.59F;
constexpr float kHole = 0.058F;
constexpr float kCountersink = 0.082F;
constexpr int kHoles = 6;
constexpr float kHoleStep = 2 * kPi / kHoles;

}  // namespace

TurnedPart::TurnedPart(std::uint64_t seed, const Defect& defect) : defect_(defect) {
  Random random(seed);
  centre_ = {uniform(random, -0.05F, 0.05F), uniform(random, -0.05F, 0.05F)};
  turn_ = direction(uniform(random, 0, 2 * kPi));
  scale_ = uniform(random, 0.985F, 1.015F);
  pitch_ = uniform(random, 0.021F, 0.023F);
  groove_ = uniform(random, 0.05F, 0.09F);
  pitch_phase_ = uniform(random, 0, 1);
  const float warmth = uniform(random, -0.02F, 0.02F);
  metal_ = Rgb{0.90F + warmth, 0.90F, 0.90F - warmth} * uniform(random, 0.95F, 1.05F);
  const float azimuth[] = {-0.35F, 0.82F, 0.30F};  // turns of pi: a key lamp, a fill lamp, a window
  const float power[] = {1.0F, 0.55F, 0.25F};
  for (std::size_t i = 0; i < lamps_.size(); ++i)
    lamps_[i] = {direction(kPi * azimuth[i] + uniform(random, -0.08F, 0.08F)) * 2.1F, uniform(random, 2.2F, 2.5F),
                 power[i] * uniform(random, 0.92F, 1.08F)};
  belt_shift_ = {uniform(random, 0, 500), uniform(random, 0, 500)};
  grain_ = texture_seed(random);
  chatter_ = texture_seed(random);
  belt_grain_ = texture_seed(random);
  if (!defect.type.empty()) place_defect(defect);
}

void TurnedPart::place_defect(const Defect& defect) {
  Random random(defect.seed);
  const float angle = uniform(random, 0, 2 * kPi);
  const float strength = defect.severity;
  rubble_ = texture_seed(random);
  if (defect.is("scratch")) {
    const Vec2 start = direction(angle) * uniform(random, 0.25F, 0.68F);
    const float heading = angle + kPi + uniform(random, -1.3F, 1.3F);
    scratch_ = ScratchLine(random, start, heading, uniform(random, 0.25F, 0.6F) * (0.6F + 0.4F * strength),
                           mix(0.006F, 0.013F, strength));
  } else if (defect.is("dent")) {
    const bool on_hub = chance(random, 0.25);
    spot_ = direction(angle) * (on_hub ? 0.30F : uniform(random, 0.47F, 0.70F));
    spot_size_ = uniform(random, 0.022F, 0.05F) * (0.8F + 0.2F * strength);
    spot_depth_ = mix(0.25F, 0.9F, strength);
  } else if (defect.is("edge_chip")) {
    spot_ = direction(angle) * kRim;
    spot_size_ = mix(0.03F, 0.085F, strength) * uniform(random, 0.85F, 1.15F);
    spot_depth_ = uniform(random, 0.8F, 1.4F);
  } else if (defect.is("stain")) {
    const Vec2 middle = direction(angle) * uniform(random, 0.3F, 0.64F);
    blot_ = Blot::random(random, middle, uniform(random, 0.05F, 0.14F));
    spot_depth_ = mix(0.18F, 0.75F, strength);
    stain_tint_ = chance(random, 0.5) ? Rgb{0.52F, 0.33F, 0.17F} : Rgb{0.30F, 0.29F, 0.30F};  // rust or old oil
  } else if (defect.is("blocked_hole")) {
    blocked_ = static_cast<int>(random.below(kHoles));
    never_drilled_ = chance(random, 0.4);
    spot_ = direction(angle) * (kHole * mix(1.1F, 0.1F, strength));
    spot_size_ = kHole * mix(0.8F, 1.3F, strength);
  }
}

TurnedPart::Hole TurnedPart::nearest_hole(Vec2 q) const {
  const Vec2 own = unrotated(q, turn_);
  const float step = std::floor(std::atan2(own.y, own.x) / kHoleStep + 0.5F);
  const int index = (static_cast<int>(step) + kHoles) % kHoles;
  return {index, q - rotated(direction(step * kHoleStep) * kBoltCircle, turn_)};
}

bool TurnedPart::in_bore(Vec2 q) const {
  if (dot(q, q) < kBore * kBore) return true;
  const Vec2 own = unrotated(q, turn_);  // the key lies between the first two holes
  const Vec2 key = unrotated(own, direction(kHoleStep / 2));
  return key.x > 0 && key.x < kKeyEnd && std::abs(key.y) < kKeyHalfWidth;
}

// Distance from the chip that broke out of the rim: negative within the ragged bite.
float TurnedPart::bite(Vec2 q) const {
  const Vec2 from_chip = q - spot_;
  const Vec2 outward = normalised(spot_);
  const Vec2 local{dot(from_chip, perpendicular(outward)) / 1.5F, dot(from_chip, outward) * spot_depth_};
  const float ragged = spot_size_ * (1 + 0.45F * fractal(q * (0.9F / spot_size_), 4, rubble_));
  return length(local) - ragged * 0.8F;
}

Rgb TurnedPart::belt(Vec2 p) const {
  const Vec2 at = p * 40 + belt_shift_;
  const float weave = 0.5F + 0.5F * std::sin(at.x * 2.1F) * std::sin(at.y * 2.1F);
  const float wear = fractal(Vec2{at.x * 0.10F, at.y * 0.02F}, 3, belt_grain_);
  const float speck = noise(at * 1.9F, belt_grain_ + 1);
  const float base = 0.020F + 0.008F * weave + 0.008F * wear + 0.005F * speck;
  const Vec2 key = normalised(lamps_[0].at);
  const float near = length(p - centre_) - kRim * scale_;
  const float cast = length(p - centre_ + key * 0.06F) - kRim * scale_;
  const float shade = mix(0.30F, 1, smoothstep(-0.03F, 0.09F, cast)) * mix(0.6F, 1, smoothstep(0, 0.10F, near));
  return Rgb{1.0F, 1.04F, 1.08F} * (std::max(base, 0.004F) * shade);
}

// The wall of a hole on the side away from the key lamp catches its light.
Rgb TurnedPart::cavity(Vec2 from_centre, float radius) const {
  const Vec2 key = normalised(lamps_[0].at);
  const float reach = length(from_centre) / radius;
  const float facing = clamp01(-dot(normalised(from_centre), key));
  const float wall = smoothstep(0.72F, 0.98F, reach);
  const float light = 0.006F + wall * (0.02F + 0.20F * facing * facing);
  return metal_ * light;
}

MetalSurface TurnedPart::turned_face(Vec2 q, float radius) const {
  MetalSurface surface;
  surface.across = q * (1 / std::max(radius, 1e-4F));
  surface.tint = metal_;
  const float turns = radius / pitch_ + pitch_phase_;
  const float angle = std::atan2(q.y, q.x);
  const float tool = std::sin(2 * kPi * turns) + 0.8F * noise(turns * 2.7F, grain_);
  const float chatter = noise(Vec2{turns * 1.6F, 3 * std::abs(angle)}, chatter_);
  surface.tilt = surface.across * (groove_ * (tool + 0.5F * chatter));
  surface.tint = surface.tint * (1 + 0.05F * noise(turns * 0.9F, grain_ + 1) + 0.03F * fractal(q * 6, 3, chatter_ + 1));
  return surface;
}

void TurnedPart::add_profile(MetalSurface& surface, float radius, const Hole& hole) const {
  const auto bevel = [&](float slope, float from, float to) {
    const float width = 0.008F;
    surface.tilt = surface.tilt + surface.across * (slope * smoothstep(from - width, from + width, radius) *
                                                    smoothstep(to + width, to - width, radius));
  };
  bevel(0.75F, kRimChamfer, kRim + 0.1F);
  bevel(0.75F, kHubChamfer, kHub);
  surface.open *= 1 - 0.45F * smoothstep(kHub + 0.035F, kHub + 0.005F, radius) * smoothstep(kHub - 0.01F, kHub, radius);
  bevel(-0.65F, kBore - 0.1F, kBoreChamfer);
  const float from_hole = length(hole.from_centre);
  if (from_hole < kCountersink && !(never_drilled_ && hole.index == blocked_)) {
    surface.across = normalised(hole.from_centre);
    surface.tilt = surface.across * (-0.8F * smoothstep(kCountersink, kCountersink - 0.01F, from_hole));
    surface.rough_along = 0.2F;
  }
}

bool TurnedPart::hole_is_filled(const Hole& hole) const {
  if (hole.index != blocked_) return false;
  if (never_drilled_) return true;
  const Vec2 from_plug = hole.from_centre - spot_;
  return length(from_plug) < spot_size_ * (1 + 0.35F * fractal(from_plug * (2.2F / kHole), 3, rubble_));
}

// Swarf: crumpled chips with facets in all directions.
MetalSurface TurnedPart::filling(Vec2 q, const Hole& hole) const {
  MetalSurface surface;
  surface.across = normalised(hole.from_centre);
  surface.rough_across = surface.rough_along = 0.22F;
  surface.tint = metal_ * 0.7F;
  const Vec2 at = q * 45;
  surface.tilt = Vec2{noise(at, rubble_), noise(at, rubble_ + 7)} * 0.9F;
  surface.open = 0.55F + 0.35F * noise(at * 0.7F, rubble_ + 9);
  return surface;
}

Rgb TurnedPart::lit(const MetalSurface& surface, Vec2 p) const {
  const Vec2 along = perpendicular(surface.across);
  float diffuse = 0;
  float mirrored = 0;
  for (const Lamp& lamp : lamps_) {
    const Vec2 way = lamp.at - p;
    const float inverse = 1 / std::sqrt(dot(way, way) + lamp.height * lamp.height);
    const Vec2 light = way * inverse;
    const float up = lamp.height * inverse;
    const Vec2 wanted = light * (1 / (1 + up)) - surface.tilt;  // slope that would mirror the lamp into the camera
    const float a = dot(wanted, surface.across) / surface.rough_across;
    const float b = dot(wanted, along) / surface.rough_along;
    mirrored += lamp.power * std::exp(-a * a - b * b);
    diffuse += lamp.power * std::max(0.0F, up + dot(light, surface.tilt));
  }
  const float surroundings = 0.10F - 0.05F * surface.tilt.y;
  return surface.tint * (surface.open * (surroundings + 0.035F * diffuse + 1.6F * surface.gloss * mirrored));
}

Rgb TurnedPart::at(Vec2 p) const {
  const Vec2 q = (p - centre_) * (1 / scale_);
  const float radius = length(q);
  if (radius > kRim || (defect_.is("edge_chip") && bite(q) < 0)) return belt(p);
  if (in_bore(q)) return radius < kBore ? cavity(q, kBore) : metal_ * 0.03F;
  const Hole hole = nearest_hole(q);
  const float from_hole = length(hole.from_centre);
  if (from_hole < kHole && !hole_is_filled(hole)) return cavity(hole.from_centre, kHole);
  const bool plugged = from_hole < kHole && !never_drilled_;
  MetalSurface surface = plugged ? filling(q, hole) : turned_face(q, radius);
  if (!plugged) add_profile(surface, radius, hole);
  if (defect_.is("dent")) add_dent(surface, q);
  if (defect_.is("scratch")) add_scratch(surface, q);
  if (defect_.is("stain")) add_stain(surface, q);
  if (defect_.is("edge_chip")) add_broken_edge(surface, q);
  return lit(surface, p);
}

void paint_turned_part(Canvas& canvas, std::uint64_t seed, const Defect& defect) {
  const TurnedPart part(seed, defect);
  canvas.shade([&](Vec2 p) { return part.at(p); });
}

}  // namespace vigie::demo
