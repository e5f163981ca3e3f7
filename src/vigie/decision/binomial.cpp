#include "vigie/decision/binomial.h"

#include <cmath>

#include "vigie/core/error.h"

namespace vigie {

double binomial_at_most(std::int64_t successes, std::int64_t trials, double rate) {
  if (successes >= trials || rate <= 0) return 1;
  if (rate >= 1) return 0;
  const double n = static_cast<double>(trials), log_rate = std::log(rate), log_rest = std::log1p(-rate);
  double sum = 0;
  for (std::int64_t i = 0; i <= successes; ++i) {
    const double k = static_cast<double>(i);
    sum +=
        std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + k * log_rate + (n - k) * log_rest);
  }
  return std::min(sum, 1.0);
}

double binomial_upper_bound(std::int64_t successes, std::int64_t trials, double confidence) {
  VIGIE_CHECK(successes >= 0 && trials >= successes, "binomial_upper_bound", "{} of {} cannot be", successes, trials);
  VIGIE_CHECK(confidence > 0 && confidence < 1, "binomial_upper_bound", "confidence must lie between 0 and 1, got {}",
              confidence);
  if (successes == trials) return 1;
  double low = 0, high = 1;
  for (int step = 0; step < 60; ++step) {  // the probability falls as the rate rises
    const double middle = (low + high) / 2;
    (binomial_at_most(successes, trials, middle) > 1 - confidence ? low : high) = middle;
  }
  return high;
}

}  // namespace vigie
