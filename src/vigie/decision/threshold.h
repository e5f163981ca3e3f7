#pragma once

#include <cstdint>
#include <span>

namespace vigie {

/// Smallest false-positive rate that n held-out normals can verify: a new good part is as likely as each of them to be
/// the highest of the n + 1.
double smallest_verifiable_rate(std::int64_t normals);

/// Fewest normals that verify `rate`.
std::int64_t normals_needed(double rate);

/// Reject when score >= the returned threshold; scores: finite, at least one, in any order. See calibrate() for the
/// rule.
double threshold_for_rate(std::span<const double> scores, double max_fpr);

}  // namespace vigie
