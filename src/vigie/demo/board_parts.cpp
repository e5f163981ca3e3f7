#include "vigie/demo/board_parts.h"

namespace vigie::demo {

namespace {

constexpr Rgb kLaserInk{0.30F, 0.30F, 0.29F};

// What tells the ends of a part apart is drawn in this frame.
Pose top_of(const BoardPart& part) {
  return within(part.body, {}, part.flipped ? kPi : 0);
}

void chip_resistor_or_capacitor(BoardPainter& painter, const BoardPart& part, const PartBatch& batch) {
  const Vec2 half = half_size(part.kind);
  const bool resistor = part.kind == PartKind::Resistor;
  painter.shadow(part.body, half, 0.004F, resistor ? 0.022F : 0.045F);
  painter.box(part.body, half, 0.005F, tin_finish(batch, part.seed));
  const float cap = half.x * 0.30F;
  const Rgb colour = resistor ? batch.resistor : batch.capacitor;
  painter.box(part.body, {half.x - cap, half.y}, 0.002F,
              {colour, 0.008F, resistor ? 0.5F : 0.35F, 0.02F, 0.10F, part.seed});
  if (resistor) painter.text(part.body, part.marking, 0.034F, 0.0034F, {0.55F, 0.55F, 0.52F}, 0.85F);
}

void electrolytic(BoardPainter& painter, const BoardPart& part, const PartBatch& batch) {
  const Pose top = top_of(part);
  const float radius = half_size(part.kind).x;
  const float base = radius * 1.06F;
  painter.shadow(top, {base, base}, 0.03F, 0.13F);
  const auto cut_square = [base](Vec2 q) {  // the two cut corners tell the plus side
    return std::max(box_distance(q, {base, base}, 0.004F), (std::abs(q.y) - q.x) * 0.7071F - base * 1.13F);
  };
  painter.solid(top, base * 1.5F, cut_square, {batch.plastic * 1.5F, 0.01F, 0.5F, 0.01F, 0.05F, part.seed});
  painter.disc(top, radius, {{0.46F, 0.46F, 0.47F}, 0.026F, 0.75F, 0.25F, 0.03F, part.seed});
  const auto stripe = [radius](Vec2 q) { return std::max(length(q) - radius * 0.86F, q.x + radius * 0.42F); };
  painter.solid(top, radius, stripe, {{0.03F, 0.03F, 0.032F}, 0.004F, 0.1F});
  painter.text(within(top, {radius * 0.18F, -0.025F}), part.marking, 0.045F, 0.004F, {0.05F, 0.05F, 0.05F}, 0.8F);
  painter.text(within(top, {radius * 0.18F, 0.035F}), "16V", 0.035F, 0.0035F, {0.05F, 0.05F, 0.05F}, 0.8F);
}

void diode(BoardPainter& painter, const BoardPart& part, const PartBatch& batch) {
  const Pose top = top_of(part);
  const Vec2 half = half_size(part.kind);
  painter.shadow(top, half, 0.006F, 0.05F);
  for (const float side : {-1.0F, 1.0F})
    painter.box(within(top, {side * half.x, 0}), {0.018F, half.y * 0.55F}, 0.003F, tin_finish(batch, part.seed));
  painter.box(top, half, 0.006F, {batch.plastic, 0.012F, 0.8F, 0.03F, 0.10F, part.seed});
  painter.box(within(top, {-half.x * 0.62F, 0}), {half.x * 0.13F, half.y * 0.86F}, 0.001F,
              {{0.42F, 0.42F, 0.41F}, 0.004F, 0.1F});
  painter.text(within(top, {half.x * 0.25F, 0}), part.marking, 0.036F, 0.0034F, kLaserInk, 0.8F);
}

void draw_leads(BoardPainter& painter, const BoardPart& part, const PartBatch& batch) {
  const LeadRow row = leads_of(part.kind);
  for (int side = 0; side < row.sides; ++side)
    for (int lead = 0; lead < row.per_side; ++lead)
      painter.box(lead_pose(part.body, row, side, lead), row.half, 0.003F,
                  tin_finish(batch, part.seed + static_cast<std::uint32_t>(side * 64 + lead)));
}

void integrated_circuit(BoardPainter& painter, const BoardPart& part, const PartBatch& batch) {
  const Vec2 half = half_size(part.kind);
  painter.shadow(part.body, half, 0.004F, 0.06F);
  draw_leads(painter, part, batch);
  painter.box(part.body, half, 0.006F, {batch.plastic, 0.016F, 0.9F, 0.025F, 0.12F, part.seed});
  const Pose top = top_of(part);
  const Vec2 corner{-half.x + 0.035F, -half.y + 0.035F};
  painter.disc(within(top, corner), 0.013F, {batch.plastic * 0.45F, 0.008F, -0.8F});
  const bool quad = part.kind == PartKind::QuadChip;
  const float turn = quad ? 0 : -kPi / 2;  // along the longer side
  const float size = quad ? 0.052F : 0.044F;
  const std::size_t split = part.marking.find('/');
  const Vec2 line = quad ? Vec2{0, 0.045F} : Vec2{0.036F, 0};
  painter.text(within(top, line * -1, turn), part.marking.substr(0, split), size, 0.0042F, kLaserInk, 0.85F);
  painter.text(within(top, line, turn), part.marking.substr(split + 1), size * 0.85F, 0.0038F, kLaserInk, 0.7F);
}

void crystal(BoardPainter& painter, const BoardPart& part) {
  const Vec2 half = half_size(part.kind);
  painter.shadow(part.body, half, half.y, 0.07F);
  painter.box(part.body, half, half.y, {{0.34F, 0.34F, 0.35F}, 0.010F, 0.4F, 0.10F, 0.03F, part.seed});
  painter.box(part.body, half - Vec2{0.016F, 0.016F}, half.y - 0.016F,
              {{0.50F, 0.50F, 0.50F}, 0.014F, 0.45F, 0.25F, 0.03F, part.seed});
  painter.text(part.body, part.marking, 0.036F, 0.0034F, {0.10F, 0.10F, 0.10F}, 0.7F);
}

void inductor(BoardPainter& painter, const BoardPart& part) {
  const Vec2 half = half_size(part.kind);
  painter.shadow(part.body, half, 0.03F, 0.08F);
  painter.box(part.body, half, 0.03F, {{0.045F, 0.045F, 0.048F}, 0.02F, 0.7F, 0.02F, 0.25F, part.seed});
  painter.disc(part.body, half.x * 0.80F, {{0.075F, 0.073F, 0.070F}, 0.02F, 0.5F, 0.02F, 0.30F, part.seed + 1});
  painter.text(part.body, part.marking, 0.055F, 0.0048F, {0.40F, 0.40F, 0.38F}, 0.85F);
}

void header(BoardPainter& painter, const BoardPart& part, const PartBatch& batch) {
  const Vec2 half = half_size(part.kind);
  const LeadRow row = leads_of(part.kind);
  painter.shadow(part.body, half, 0.004F, 0.07F);
  painter.box(part.body, half, 0.008F, {batch.plastic * 1.3F, 0.012F, 0.8F, 0.02F, 0.10F, part.seed});
  for (int pin = 0; pin < row.per_side; ++pin) {
    const Pose at = lead_pose(part.body, row, 0, pin);
    painter.shadow(at, row.half, 0.003F, 0.06F);
    painter.box(at, row.half, 0.004F, {{0.62F, 0.43F, 0.14F}, 0.010F, 0.6F, 0.25F, 0.05F, part.seed});
  }
}

}  // namespace

Vec2 half_size(PartKind kind) {
  switch (kind) {
    case PartKind::Resistor:
      return {0.062F, 0.034F};
    case PartKind::Capacitor:
      return {0.058F, 0.036F};
    case PartKind::Electrolytic:
      return {0.115F, 0.115F};
    case PartKind::Diode:
      return {0.075F, 0.046F};
    case PartKind::SmallChip:
      return {0.105F, 0.185F};
    case PartKind::QuadChip:
      return {0.205F, 0.205F};
    case PartKind::Crystal:
      return {0.125F, 0.052F};
    case PartKind::Inductor:
      return {0.115F, 0.115F};
    case PartKind::Header:
      return {0.36F, 0.045F};
  }
  return {};
}

bool is_polarised(PartKind kind) {
  return kind == PartKind::Electrolytic || kind == PartKind::Diode || kind == PartKind::SmallChip ||
         kind == PartKind::QuadChip;
}

LeadRow leads_of(PartKind kind) {
  switch (kind) {
    case PartKind::SmallChip:
      return {2, 6, 0.060F, 0.128F, {0.034F, 0.012F}};
    case PartKind::QuadChip:
      return {4, 9, 0.042F, 0.226F, {0.030F, 0.009F}};
    case PartKind::Header:
      return {1, 8, 0.086F, 0, {0.016F, 0.016F}};
    default:
      return {};
  }
}

Pose lead_pose(const Pose& part, const LeadRow& row, int side, int lead) {
  const float along = (static_cast<float>(lead) - 0.5F * static_cast<float>(row.per_side - 1)) * row.pitch;
  if (row.sides == 1) return within(part, {along, 0});
  const float turn = kPi * 2 * static_cast<float>(side) / static_cast<float>(row.sides);
  return within(part, rotated({row.reach, along}, direction(turn)), turn);
}

Finish tin_finish(const PartBatch& batch, std::uint32_t seed) {
  const float own = batch.tin * (0.90F + 0.2F * lattice(1, 2, seed));
  return {Rgb{0.36F, 0.37F, 0.38F} * own, 0.012F, 0.75F, 0.30F, 0.14F, seed};
}

void draw_pads(BoardPainter& painter, const BoardPart& part, const PartBatch& batch) {
  const LeadRow row = leads_of(part.kind);
  for (int side = 0; side < row.sides && part.kind != PartKind::Header; ++side)
    for (int lead = 0; lead < row.per_side; ++lead) {
      const Pose at = lead_pose(part.place, row, side, lead);
      const Vec2 half{row.half.x + 0.006F, row.half.y + 0.003F};
      painter.box(within(at, {0.012F, 0}), half, 0.004F,
                  tin_finish(batch, part.seed + 500 + static_cast<std::uint32_t>(lead)));
    }
  if (row.sides > 0) return;
  const Vec2 half = half_size(part.kind);
  const bool large = half.x > 0.1F;
  const Vec2 pad{large ? 0.050F : 0.032F, large ? 0.034F : half.y + 0.007F};
  for (const float side : {-1.0F, 1.0F})
    painter.box(within(part.place, {side * half.x, 0}), pad, 0.008F,
                tin_finish(batch, part.seed + (side > 0 ? 901 : 902)));
}

void draw_body(BoardPainter& painter, const BoardPart& part, const PartBatch& batch) {
  switch (part.kind) {
    case PartKind::Resistor:
    case PartKind::Capacitor:
      return chip_resistor_or_capacitor(painter, part, batch);
    case PartKind::Electrolytic:
      return electrolytic(painter, part, batch);
    case PartKind::Diode:
      return diode(painter, part, batch);
    case PartKind::SmallChip:
    case PartKind::QuadChip:
      return integrated_circuit(painter, part, batch);
    case PartKind::Crystal:
      return crystal(painter, part);
    case PartKind::Inductor:
      return inductor(painter, part);
    case PartKind::Header:
      return header(painter, part, batch);
  }
}

}  // namespace vigie::demo
