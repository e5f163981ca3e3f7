#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vigie {

/// Smallest false-positive rate that n held-out normals can verify: a new good part is as likely as each of them to be
/// the highest of the n + 1.
double smallest_verifiable_rate(std::int64_t normals);

/// Fewest normals that verify `rate`.
std::int64_t normals_needed(double rate);

/// Reject when score >= the returned threshold; scores: finite, at least one, in any order.
/// With enough of them (normals_needed) it lies halfway between two neighbouring scores, so that at most max_fpr of
/// them are rejected. With fewer, the wanted rate cannot be verified and is not extrapolated: it lies above the highest
/// score by the smaller of what an exponential tail asks for and a share of the way from the median to the highest
/// (kMarginShare). What is known then is the exact binomial bound, see statement_of().
double threshold_for_rate(std::span<const double> scores, double max_fpr);

/// A threshold that rejects as near to `rejected` (0 … n) of the scores as ties allow, never more.
double threshold_rejecting(std::span<const double> scores, std::int64_t rejected);

/// The same scores, sorted.
std::vector<double> highest_first(std::span<const double> scores);

/// A value in (low, high], halfway and a float where possible. low < high.
double threshold_between(double low, double high);

}  // namespace vigie
