#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "vigie/demo/geometry.h"

namespace vigie::demo {

/// Strokes of one line of capitals, digits, '-' and ' ' (anything else is a blank), centred on the origin, letters
/// `height` tall and y down: what a board's silk screen or a laser marker draws.
std::vector<std::pair<Vec2, Vec2>> text_strokes(std::string_view text, float height);

}  // namespace vigie::demo
