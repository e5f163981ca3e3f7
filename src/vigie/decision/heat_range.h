#pragma once

#include <limits>

namespace vigie {

/// Values of a map that get the first and the last heat colour; low < high, both finite.
struct HeatRange {
  float low = 0, high = 1;
};

/// One scale for all maps of a model, whatever the sign of its scores: `usual`, the value of a normal pixel, gets the
/// first colour; the pixel threshold lies in the middle, or below where `hottest`, the largest value of interest, needs
/// the room. NaN: not known. Where the usual value is unknown or not below the threshold, the range reaches half the
/// threshold's size to either side.
HeatRange heat_range(double usual, double threshold, double hottest = std::numeric_limits<double>::quiet_NaN());

}  // namespace vigie
