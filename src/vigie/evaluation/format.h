#pragma once

#include <string>
#include <string_view>

namespace vigie {

/// "0.991", `digits` after the point; "n/a" when undefined.
std::string format_number(double value, int digits);

/// A raw score of any magnitude: four significant digits; "n/a" when undefined.
std::string format_score(double value);

/// "1 image", "2 images".
std::string format_count(std::size_t count, std::string_view noun);

}  // namespace vigie
