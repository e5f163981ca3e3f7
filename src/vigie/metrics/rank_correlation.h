#pragma once

#include <span>

namespace vigie {

/// Spearman's rank correlation of two equally long lists of scores: Pearson's correlation of their ranks, ties sharing
/// their mean rank. 1: the same order. NaN with fewer than two values, or when one list is all ties. O(n log n).
/// Throws InvalidArgument when the lengths differ or a value is not finite.
double rank_correlation(std::span<const double> a, std::span<const double> b);

}  // namespace vigie
