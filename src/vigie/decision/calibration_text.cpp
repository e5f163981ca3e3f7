#include <fmt/format.h>

#include "vigie/decision/binomial.h"
#include "vigie/decision/calibration.h"
#include "vigie/decision/threshold.h"

namespace vigie {

namespace {

/// "14 %", "7.2 %", "0.03 %": two digits.
std::string percent(double share) {
  return share >= 0.1 ? fmt::format("{:.0f} %", 100 * share) : fmt::format("{:.2g} %", 100 * share);
}

std::string counted(std::int64_t rejected) {
  if (rejected == 0) return "none was rejected";
  return rejected == 1 ? "1 was rejected" : fmt::format("{} were rejected", rejected);
}

}  // namespace

std::string statement_of(const Calibration& calibration) {
  const std::int64_t parts = calibration.normals;
  if (calibration.scores.empty())
    return fmt::format("thresholds from {} good parts, whose scores this older model does not keep", parts);
  const std::int64_t rejected = rejected_normals(calibration);
  std::string text =
      fmt::format("of {} good part{} {}; with 95 % confidence at most {} will be", parts, parts == 1 ? "" : "s",
                  counted(rejected), percent(binomial_upper_bound(rejected, parts)));
  const std::int64_t needed = normals_needed(calibration.max_fpr);
  if (calibration.rule == ThresholdRule::Rate && parts < needed)
    text += fmt::format("; {} more would show {}", needed - parts, percent(binomial_upper_bound(0, needed)));
  return text;
}

}  // namespace vigie
