#include "vigie/demo/woven_fabric.h"

#include "vigie/demo/noise.h"

namespace vigie::demo {

namespace {

constexpr int kYarns = 96;         // kept per family, around the middle
constexpr float kPerUnit = 15.5F;  // threads per scene unit
constexpr float kLift = 0.42F;     // amplitude of a yarn's wave, threads

int floor_of(float x) {
  return static_cast<int>(std::floor(x));
}

}  // namespace

WovenFabric::WovenFabric(std::uint64_t seed, const Defect& defect) : defect_(defect) {
  Random random(seed);
  turn_ = direction(uniform(random, -0.06F, 0.06F));
  threads_per_unit_ = {kPerUnit * uniform(random, 0.97F, 1.03F), kPerUnit * 0.93F * uniform(random, 0.97F, 1.03F)};
  shear_ = uniform(random, -0.04F, 0.04F);
  phase_ = {uniform(random, -4, 4), uniform(random, -4, 4)};
  light_ = direction(-0.7F * kPi + uniform(random, -0.15F, 0.15F));
  const Vec2 brighter = direction(uniform(random, 0, 2 * kPi));
  gradient_ = brighter * uniform(random, 0.03F, 0.13F);
  drift_ = texture_seed(random);
  mottle_ = texture_seed(random);
  fibre_ = texture_seed(random);
  const float batch = uniform(random, 0.93F, 1.07F);
  const Rgb dyes[] = {Rgb{0.105F, 0.150F, 0.245F} * batch, Rgb{0.36F, 0.37F, 0.36F} * (2 - batch)};
  for (const Family family : {kWarp, kWeft})
    for (int i = 0; i < kYarns; ++i) {
      const float fade = 1 + 0.07F * static_cast<float>(random.normal());
      yarns_[family].push_back({uniform(random, -0.06F, 0.06F), uniform(random, 0.41F, 0.485F),
                                dyes[family] * std::clamp(fade, 0.8F, 1.2F), texture_seed(random)});
    }
  if (!defect.type.empty()) place_defect(defect);
}

void WovenFabric::place_defect(const Defect& defect) {
  Random random(defect.seed);
  const Vec2 spot{uniform(random, -0.72F, 0.72F), uniform(random, -0.72F, 0.72F)};
  const float strength = defect.severity;
  if (defect.is("stain") || defect.is("hole")) {
    const bool hole = defect.is("hole");
    const float radius = hole ? uniform(random, 0.065F, 0.10F) + 0.07F * strength : uniform(random, 0.09F, 0.24F);
    // A hole cuts threads and is measured in them; a stain lies on the picture.
    blot_ = Blot::random(random, hole ? threads_from_scene(spot) : spot, hole ? radius * kPerUnit : radius);
    amount_ = mix(0.16F, 0.62F, strength);
    return;
  }
  family_ = chance(random, 0.5) ? kWarp : kWeft;
  const Vec2 thread = threads_from_scene(spot);
  index_ = floor_of(family_ == kWarp ? thread.x : thread.y);
  const float middle = family_ == kWarp ? thread.y : thread.x;
  const bool long_one = defect.is("colour_thread") && chance(random, 0.5);
  const float reach = long_one ? 60 : uniform(random, 2.5F, 6) * (0.6F + 0.4F * strength);
  from_ = middle - reach;
  to_ = middle + reach;
  amount_ = defect.is("thick_yarn") ? mix(0.45F, 1.2F, strength) : mix(0.35F, 1.0F, strength);
  const Rgb colours[] = {
      {0.45F, 0.04F, 0.03F}, {0.55F, 0.42F, 0.06F}, {0.05F, 0.25F, 0.08F}, {0.7F, 0.68F, 0.62F}, {0.02F, 0.02F, 0.02F}};
  foreign_ = colours[random.below(std::size(colours))];
}

// Cloth is never straight: rotation, shear and a slow drift of the threads.
Vec2 WovenFabric::threads_from_scene(Vec2 p) const {
  const Vec2 q = rotated(p, turn_);
  const Vec2 drift{noise(q * 1.3F, drift_), noise(q * 1.3F, drift_ + 1)};
  return {(q.x + shear_ * q.y) * threads_per_unit_.x + 0.6F * drift.x + phase_.x,
          q.y * threads_per_unit_.y + 0.6F * drift.y + phase_.y};
}

const WovenFabric::Yarn& WovenFabric::yarn(Family family, int index) const {
  return yarns_[family][static_cast<std::size_t>(std::clamp(index + kYarns / 2, 0, kYarns - 1))];
}

bool WovenFabric::over(Family family, int own, int crossing) {
  const bool warp_over = ((own + crossing) & 3) < 2;  // the sum does not change when the roles do
  return (family == kWarp) == warp_over;
}

WovenFabric::Wave WovenFabric::wave(Family family, int own, float along) {
  const int crossing = floor_of(along - 0.5F);
  const float t = along - 0.5F - static_cast<float>(crossing);
  const float here = over(family, own, crossing) ? 1.0F : -1.0F;
  const float next = over(family, own, crossing + 1) ? 1.0F : -1.0F;
  return {mix(here, next, t * t * (3 - 2 * t)), (next - here) * 6 * t * (1 - t)};
}

// 0 where the yarn is missing.
float WovenFabric::thickness(Family family, int index, float along) const {
  const Yarn& own = yarn(family, index);
  float factor = 1 + 0.10F * noise(along * 0.45F, own.seed) + 0.05F * noise(along * 1.7F, own.seed + 1);
  if (!chosen(family, index) || along < from_ || along > to_) return factor;
  const float ends = std::min(along - from_, to_ - along);
  if (defect_.is("broken_thread")) {
    const float frayed = 0.35F + 0.35F * noise(along * 6, own.seed + 2);
    factor *= ends < frayed ? 1 - ends / frayed * 0.8F : 0;
  } else if (defect_.is("thick_yarn")) {
    factor *= 1 + amount_ * smoothstep(0, 2.2F, ends) * (1 + 0.2F * noise(along * 0.9F, own.seed + 3));
  }
  return factor;
}

Rgb WovenFabric::yarn_colour(const Visible& seen) const {
  const Yarn& own = yarn(seen.family, seen.index);
  Rgb dye = own.dye;
  if (defect_.is("colour_thread") && chosen(seen.family, seen.index) && seen.along > from_ && seen.along < to_)
    dye = mix(dye, foreign_, amount_);
  const float bulge = std::sqrt(std::max(0.0F, 1 - seen.place * seen.place));
  const float rise = -0.8F * kLift * seen.wave.slope;
  const Vec2 steep = seen.family == kWarp ? Vec2{seen.place, rise} : Vec2{rise, seen.place};
  const float inverse = 1 / std::sqrt(dot(steep, steep) + bulge * bulge + 0.05F);
  const float facing = clamp01((dot(steep, light_) * 0.62F + 0.78F * bulge) * inverse);
  const float hidden = mix(0.50F, 1, smoothstep(-1, 0.9F, seen.wave.height)) * mix(0.45F, 1, bulge);
  const float ply = seen.along * 2.1F + seen.place * 0.55F;
  const float twist = std::sin(2 * kPi * ply + 2 * noise(seen.along * 1.1F, own.seed + 4));
  const float fibres = noise(Vec2{seen.place * 3.1F, seen.along * 4.3F}, own.seed + 5);
  const float brightness = (0.28F + 0.95F * facing) * hidden * (1 + 0.15F * twist + 0.13F * fibres);
  const float square = facing * facing;
  const float sheen = 0.035F * square * square * square * hidden;
  return dye * brightness + Rgb{sheen, sheen, sheen};
}

void WovenFabric::look_at(Family family, int index, Vec2 thread, Visible& best) const {
  const float across = family == kWarp ? thread.x : thread.y;
  const float along = family == kWarp ? thread.y : thread.x;
  const Yarn& own = yarn(family, index);
  const float from_middle = across - (static_cast<float>(index) + 0.5F + own.offset);
  const float widest = chosen(family, index) ? 1.2F : 0.6F;
  if (std::abs(from_middle) > widest) return;
  const Wave here = wave(family, index, along);
  if (kLift * here.height + widest <= best.height) return;
  float half = own.half * thickness(family, index, along);
  if (defect_.is("hole")) half *= remainder(family, index, along);
  if (std::abs(from_middle) >= half) return;
  const float place = from_middle / half;
  const float height = kLift * here.height + half * std::sqrt(1 - place * place);
  if (height <= best.height) return;
  best = {height, family, index, along, place, here};
}

// A torn yarn thins out over a frayed end that begins where its own middle enters the hole and is long for some yarns.
float WovenFabric::remainder(Family family, int index, float along) const {
  const Yarn& own = yarn(family, index);
  const float middle = static_cast<float>(index) + 0.5F + own.offset;
  const float depth = -blot_.distance(family == kWarp ? Vec2{middle, along} : Vec2{along, middle});
  if (depth <= 0) return 1;
  const float end = 0.10F + 0.75F * lattice(index, family, blot_.seed) * lattice(index, family + 2, blot_.seed);
  return depth >= end ? 0 : (1 - depth / end) * (0.75F + 0.25F * noise(along * 7, own.seed + 6));
}

Rgb WovenFabric::at(Vec2 p) const {
  const Vec2 thread = threads_from_scene(p);
  constexpr Rgb kGap{0.012F, 0.012F, 0.014F};
  Visible best;
  const int u = floor_of(thread.x);
  const int v = floor_of(thread.y);
  for (int step = -1; step <= 1; ++step) {
    look_at(kWarp, u + step, thread, best);
    look_at(kWeft, v + step, thread, best);
  }
  const float light = 1 + dot(p, gradient_) + 0.05F * fractal(p * 2.2F, 3, mottle_) + 0.03F * noise(p * 90, fibre_);
  Rgb colour = (best.height > -1e8F ? yarn_colour(best) : kGap) * (1.15F * light);
  if (defect_.is("stain")) {
    const float wet = amount_ * blot_.cover(p, 0.22F);
    colour = colour * mix(Rgb{1, 1, 1}, Rgb{0.42F, 0.36F, 0.26F}, wet);
  }
  return colour;
}

void paint_woven_fabric(Canvas& canvas, std::uint64_t seed, const Defect& defect) {
  const WovenFabric fabric(seed, defect);
  canvas.shade([&](Vec2 p) { return fabric.at(p); });
}

}  // namespace vigie::demo
