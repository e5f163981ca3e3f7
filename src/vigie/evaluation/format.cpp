#include "vigie/evaluation/format.h"

#include <fmt/format.h>

#include <cmath>

namespace vigie {

std::string format_number(double value, int digits) {
  return std::isnan(value) ? "n/a" : fmt::format("{:.{}f}", value, digits);
}

std::string format_score(double value) {
  return std::isnan(value) ? "n/a" : fmt::format("{:.4g}", value);
}

std::string format_count(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace vigie
