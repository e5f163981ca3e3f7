#pragma once

#include <string>

#include "vigie/demo/board_painter.h"

namespace vigie::demo {

enum class PartKind { Resistor, Capacitor, Electrolytic, Diode, SmallChip, QuadChip, Crystal, Inductor, Header };

/// A component of the layout, and how it came out on one board.
struct BoardPart {
  PartKind kind = PartKind::Resistor;
  Pose place;           ///< nominal: where its pads are
  std::string name;     ///< on the silk screen
  std::string marking;  ///< on its body
  Pose body;            ///< where it was put
  bool present = true;
  bool flipped = false;  ///< put in the wrong way round
  std::uint32_t seed = 0;
};

/// What the parts of one board have in common: the batches they come from.
struct PartBatch {
  Rgb resistor{0.015F, 0.015F, 0.017F};
  Rgb capacitor{0.30F, 0.19F, 0.10F};
  Rgb plastic{0.014F, 0.014F, 0.015F};
  float tin = 1;  ///< brightness of the solder
};

/// Half extents of the body.
Vec2 half_size(PartKind kind);
bool is_polarised(PartKind kind);

/// The two rows (four for QuadChip) of leads as seen from the part: lead `i` of side `side`, pointing outwards along x.
struct LeadRow {
  int sides = 0;
  int per_side = 0;
  float pitch = 0;
  float reach = 0;  ///< distance of the lead's middle from the part's middle
  Vec2 half;        ///< of one lead
};
LeadRow leads_of(PartKind kind);
Pose lead_pose(const Pose& part, const LeadRow& row, int side, int lead);

Finish tin_finish(const PartBatch& batch, std::uint32_t seed);

void draw_pads(BoardPainter& painter, const BoardPart& part, const PartBatch& batch);
void draw_body(BoardPainter& painter, const BoardPart& part, const PartBatch& batch);

}  // namespace vigie::demo
