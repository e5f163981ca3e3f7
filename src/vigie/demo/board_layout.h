#pragma once

#include <vector>

#include "vigie/demo/board_parts.h"

namespace vigie::demo {

constexpr float kBoardHalf = 0.90F;  ///< half side of the board, board units = scene units at scale 1

/// The parts in their nominal places.
const std::vector<BoardPart>& board_parts();

/// Copper under the solder mask: lines, and where they change layer.
const std::vector<std::vector<Vec2>>& board_traces();
const std::vector<Vec2>& board_vias();
const std::vector<Vec2>& mounting_holes();

}  // namespace vigie::demo
