#pragma once

#include <cstdint>

namespace vigie {

/// P(at most `successes` of `trials`) when each succeeds with probability `rate` (0 … 1). 0 <= successes <= trials.
double binomial_at_most(std::int64_t successes, std::int64_t trials, double rate);

/// The largest rate under which `successes` or fewer of `trials` still happen with probability 1 − confidence: the
/// one-sided upper bound of Clopper and Pearson (1934). Also exact for a threshold put between two of the scores that
/// are counted: the share of new parts above the highest k of n scores follows Beta(k + 1, n − k), whose quantile this
/// is. 1 when all succeed or nothing was tried. Throws InvalidArgument on counts that cannot be and unless
/// 0 < confidence < 1.
double binomial_upper_bound(std::int64_t successes, std::int64_t trials, double confidence = 0.95);

}  // namespace vigie
