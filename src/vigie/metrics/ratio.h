#pragma once

#include <limits>

namespace vigie {

/// part / whole; NaN, the project's "undefined", when the whole is empty. Counts up to 2^53 are exact.
inline double ratio(double part, double whole) {
  return whole == 0 ? std::numeric_limits<double>::quiet_NaN() : part / whole;
}

}  // namespace vigie
