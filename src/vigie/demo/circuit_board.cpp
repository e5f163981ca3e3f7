#include "vigie/demo/board_layout.h"
#include "vigie/demo/defects.h"
#include "vigie/demo/noise.h"
#include "vigie/demo/sample.h"

namespace vigie::demo {

namespace {

/// One board: its pose, its light, the batches of its parts and where each part came to lie.
struct Board {
  Pose pose;
  float scale = 1;
  Vec2 light;
  Vec2 gradient;
  Rgb mask_colour;
  PartBatch batch;
  std::vector<BoardPart> parts;
  std::uint32_t texture = 0;
  Vec2 glare;
};

constexpr Rgb kSilk{0.62F, 0.63F, 0.60F};

std::string lot_code(Random& random) {
  std::string code;
  for (int i = 0; i < 4; ++i) code += static_cast<char>('0' + random.below(10));
  return code;
}

void put_parts(Board& board, Random& random) {
  const std::string lots[] = {lot_code(random), lot_code(random), lot_code(random)};
  std::size_t chip = 0;
  board.parts = board_parts();
  for (BoardPart& part : board.parts) {
    const bool small = half_size(part.kind).x < 0.1F;
    const float slack = small ? 0.006F : 0.003F;
    part.body.at = part.place.at + Vec2{uniform(random, -slack, slack), uniform(random, -slack, slack)};
    part.body.angle += uniform(random, -1, 1) * (small ? 0.045F : 0.012F);
    part.seed = texture_seed(random);
    if (part.marking.ends_with('/')) part.marking += lots[chip++];
  }
}

Board make_board(std::uint64_t seed) {
  Random random(seed);
  Board board;
  board.pose = {{uniform(random, -0.02F, 0.02F), uniform(random, -0.02F, 0.02F)}, uniform(random, -0.035F, 0.035F)};
  board.scale = uniform(random, 0.99F, 1.01F);
  board.light = direction(-0.72F * kPi + uniform(random, -0.12F, 0.12F));
  board.gradient = board.light * uniform(random, 0.02F, 0.12F);
  board.glare = board.light * uniform(random, 0.4F, 0.8F);
  const float age = uniform(random, 0.85F, 1.15F);
  board.mask_colour = {0.012F * age, 0.085F * uniform(random, 0.9F, 1.1F), 0.036F * age};
  const Rgb resistors[] = {{0.013F, 0.013F, 0.014F}, {0.012F, 0.016F, 0.030F}, {0.020F, 0.017F, 0.014F}};
  board.batch.resistor = resistors[random.below(3)];
  board.batch.capacitor = Rgb{0.29F, 0.185F, 0.10F} * uniform(random, 0.75F, 1.2F);
  board.batch.tin = uniform(random, 0.88F, 1.12F);
  board.texture = texture_seed(random);
  put_parts(board, random);
  return board;
}

void paint_substrate(Canvas& canvas, const BoardPainter& painter, const Board& board) {
  canvas.shade([&](Vec2 p) {
    const Vec2 q = painter.board_from_scene(p);
    const float outside = box_distance(q, {kBoardHalf, kBoardHalf}, 0.03F);
    const float light = painter.light_at(p);
    if (outside > 0) {
      const float cast = box_distance(q + board.light * 0.03F, {kBoardHalf, kBoardHalf}, 0.03F);
      const float mat = 1 + 0.10F * fractal(p * 9, 3, board.texture) + 0.08F * noise(p * 80, board.texture + 1);
      return Rgb{0.055F, 0.062F, 0.075F} * (mat * light * mix(0.35F, 1, smoothstep(-0.01F, 0.05F, cast)));
    }
    if (outside > -0.012F) return Rgb{0.16F, 0.13F, 0.06F} * light;  // the cut edge: bare glass fibre
    const float weave = 0.04F * std::sin(q.x * 160) * std::sin(q.y * 160);
    const float texture = 1 + weave + 0.05F * fractal(q * 4, 3, board.texture + 2);
    const Vec2 from_glare = p - board.glare;
    const float glare = 0.022F * std::exp(-2.2F * dot(from_glare, from_glare));
    return (board.mask_colour * texture + Rgb{glare, glare, glare}) * light;
  });
}

void paint_copper(BoardPainter& painter, const Board& board) {
  const Finish copper{board.mask_colour * 1.75F + Rgb{0.012F, 0.006F, 0}, 0.006F, 0.35F, 0.02F, 0.05F, board.texture};
  const Finish pour{board.mask_colour * 1.4F + Rgb{0.008F, 0.003F, 0}, 0.008F, 0.3F, 0.01F, 0.05F, board.texture};
  painter.box({{0.62F, -0.40F}, 0}, {0.20F, 0.40F}, 0.02F, pour);
  painter.box({{-0.56F, 0.36F}, 0}, {0.24F, 0.28F}, 0.02F, pour);
  for (const auto& trace : board_traces())
    for (std::size_t i = 0; i + 1 < trace.size(); ++i) painter.line(trace[i], trace[i + 1], 0.0095F, copper);
  const Finish ring{{0.42F, 0.36F, 0.20F}, 0.008F, 0.5F, 0.15F, 0.05F, board.texture};
  for (const Vec2 via : board_vias()) {
    painter.disc({via, 0}, 0.023F, ring);
    painter.disc({via, 0}, 0.010F, {{0.006F, 0.008F, 0.007F}, 0.004F, 0});
  }
  for (const Vec2 hole : mounting_holes()) {
    painter.disc({hole, 0}, 0.072F, ring);
    painter.disc({hole, 0}, 0.046F, {{0.012F, 0.013F, 0.016F}, 0.02F, -0.6F});
  }
}

void paint_silk(BoardPainter& painter, const Board& board) {
  for (const BoardPart& part : board.parts) {
    const Vec2 half = half_size(part.kind);
    const bool upright = std::abs(std::sin(part.place.angle)) < 0.5F;
    const float clear = (upright ? half.y : half.x) + (part.kind == PartKind::QuadChip ? 0.105F
                                                       : upright                       ? 0.042F
                                                                                       : 0.088F);
    const bool above = part.kind == PartKind::QuadChip || part.place.at.y > 0.6F;
    const bool beside = part.kind == PartKind::Electrolytic;
    const Vec2 label = part.place.at + (beside ? Vec2{-0.185F, 0.05F} : Vec2{0, above ? -clear : clear});
    painter.text({label, 0}, part.name, 0.040F, 0.0036F, kSilk, 0.9F);
    if (part.kind == PartKind::SmallChip)
      painter.disc({part.place.at + Vec2{-0.17F, -0.205F}, 0}, 0.010F, {kSilk, 0.002F, 0});
    if (is_polarised(part.kind) && half.x < 0.12F && part.kind != PartKind::SmallChip)
      painter.box(within(part.place, {-half.x - 0.045F, 0}), {0.004F, half.y * 0.8F}, 0.001F, {kSilk, 0.002F, 0});
  }
  painter.text({{0.37F, 0.845F}, 0}, "VIGIE-3 B", 0.048F, 0.0045F, kSilk, 0.9F);
}

// ---- defects
// -----------------------------------------------------------------------------------------------------------------

bool is_candidate(const BoardPart& part, const Defect& defect) {
  if (defect.is("wrong_polarity")) return is_polarised(part.kind);
  if (defect.is("shifted_component")) return half_size(part.kind).x < 0.13F;
  return part.kind != PartKind::Header && part.kind != PartKind::QuadChip;
}

void misplace(BoardPart& part, const Defect& defect, Random& random) {
  if (defect.is("missing_component")) part.present = false;
  if (defect.is("wrong_polarity")) part.flipped = true;
  if (!defect.is("shifted_component")) return;
  const float way = mix(0.022F, 0.065F, defect.severity);
  part.body.at = part.body.at + direction(uniform(random, 0, 2 * kPi)) * way;
  const float most =
      half_size(part.kind).x < 0.1F ? 0.6F : 0.25F;  // radians; large parts centre themselves on their solder
  const float sense = chance(random, 0.5) ? 1.0F : -1.0F;
  part.body.angle += sense * mix(0.06F, most, defect.severity) * uniform(random, 0.3F, 1);
}

void paint_bridge(BoardPainter& painter, const Board& board, const Defect& defect, Random& random) {
  const std::size_t chips[] = {0, 1, 1, 2};
  const BoardPart& chip = board.parts[chips[random.below(4)]];
  const LeadRow row = leads_of(chip.kind);
  const int side = static_cast<int>(random.below(static_cast<std::uint64_t>(row.sides)));
  const int span = defect.severity > 0.7F && chance(random, 0.5) ? 2 : 1;
  const int lead = static_cast<int>(random.below(static_cast<std::uint64_t>(row.per_side - span)));
  const float outward = uniform(random, -0.1F, 1.0F) * row.half.x;
  const Vec2 from = within(lead_pose(chip.body, row, side, lead), {outward, 0}).at;
  const Vec2 to = within(lead_pose(chip.body, row, side, lead + span), {outward, 0}).at;
  const Pose middle{(from + to) * 0.5F, 0};
  const Vec2 half = (to - from) * 0.5F;
  const float thick = std::max(row.half.y * mix(0.8F, 1.7F, defect.severity), 1.2F * defect.pixel);
  const std::uint32_t seed = texture_seed(random);
  const auto blob = [=](Vec2 q) {
    return segment_distance(q, half * -1, half) - thick * (1 + 0.35F * noise(q * 40, seed));
  };
  painter.solid(middle, length(half) + 2 * thick, blob, tin_finish(board.batch, seed));
}

void paint_scratch(BoardPainter& painter, const Defect& defect, Random& random) {
  const Vec2 start{uniform(random, -0.6F, 0.6F), uniform(random, -0.6F, 0.6F)};
  const float length = uniform(random, 0.25F, 0.65F);
  const ScratchLine line(random, {0, 0}, uniform(random, 0, 2 * kPi), length, mix(0.007F, 0.014F, defect.severity));
  const float strength = mix(0.45F, 1.3F, defect.severity);
  painter.paint({start, 0}, length, [=](Vec2 q) {
    if (box_distance(start + q, {kBoardHalf, kBoardHalf}, 0.03F) > -0.012F) return Layer{};
    const ScratchLine::Hit hit = line.at(q);
    const Rgb bared =
        hit.depth > 0.75F ? Rgb{0.42F, 0.24F, 0.12F} : Rgb{0.16F, 0.27F, 0.17F};  // copper, or chalky mask
    return Layer{bared, clamp01(strength * hit.depth)};
  });
}

void paint_particle(BoardPainter& painter, const Board& board, const Defect& defect, Random& random) {
  const Pose at{{uniform(random, -0.75F, 0.75F), uniform(random, -0.70F, 0.75F)}, uniform(random, 0, 2 * kPi)};
  const float size = mix(0.016F, 0.030F, defect.severity);
  const std::uint32_t seed = texture_seed(random);
  const std::uint64_t kind = random.below(3);
  if (kind == 0) {  // a ball of solder
    painter.shadow(at, {size, size}, size, 2 * size);
    Finish tin = tin_finish(board.batch, seed);
    tin.bevel = size;
    painter.disc(at, size, tin);
  } else if (kind == 1) {  // a curl of swarf
    const float radius = size * uniform(random, 1.6F, 2.6F);
    const float opening = uniform(random, 0.8F, 2.2F);
    const auto curl = [=](Vec2 q) {
      const float gap = std::max(0.0F, opening - std::abs(std::atan2(q.y, q.x))) * radius;
      return length({std::abs(length(q) - radius), gap}) - 0.008F;
    };
    painter.shadow(at, {radius, 0.006F}, 0.006F, 0.03F);
    painter.solid(at, radius + 0.02F, curl, {{0.50F, 0.49F, 0.47F}, 0.008F, 0.8F, 0.4F, 0.3F, seed});
  } else {  // a textile fibre
    const float length = size * 9;
    const ScratchLine fibre(random, {-length / 2, 0}, 0, length, 0.008F);
    const Rgb dye = chance(random, 0.5) ? Rgb{0.60F, 0.58F, 0.55F} : Rgb{0.10F, 0.05F, 0.16F};
    painter.paint(at, length, [=](Vec2 q) { return Layer{dye, clamp01(1.6F * fibre.at(q).depth)}; });
  }
}

}  // namespace

void paint_circuit_board(Canvas& canvas, std::uint64_t seed, const Defect& defect) {
  Board board = make_board(seed);
  Random random(defect.seed);
  if (defect.is("missing_component") || defect.is("shifted_component") || defect.is("wrong_polarity")) {
    BoardPart* part = nullptr;
    do part = &board.parts[random.below(board.parts.size())];
    while (!is_candidate(*part, defect));
    misplace(*part, defect, random);
  }
  BoardPainter painter(canvas, board.pose, board.scale, board.light, board.gradient);
  paint_substrate(canvas, painter, board);
  paint_copper(painter, board);
  paint_silk(painter, board);
  for (const BoardPart& part : board.parts) draw_pads(painter, part, board.batch);
  if (defect.is("scratch")) paint_scratch(painter, defect, random);
  for (const BoardPart& part : board.parts)
    if (part.present) draw_body(painter, part, board.batch);
  if (defect.is("solder_bridge")) paint_bridge(painter, board, defect, random);
  if (defect.is("foreign_particle")) paint_particle(painter, board, defect, random);
}

}  // namespace vigie::demo
