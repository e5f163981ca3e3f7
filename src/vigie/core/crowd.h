#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace vigie {

/// One thread as the kernel counts it, nanoseconds since it began.
struct ThreadTimes {
  int thread = 0;            ///< the kernel's number of it
  std::int64_t ran = 0;      ///< on a processor
  std::int64_t delayed = 0;  ///< ready to run while others had the processor
};

/// Every thread of this process; nullopt where the kernel does not count (sandboxes, kernels without
/// CONFIG_SCHED_INFO). What a thread did since its last switch may still be missing.
std::optional<std::vector<ThreadTimes>> read_thread_times();

/// Tells from readings one after another whether this process shares its processors with others that keep them busy.
/// Not synchronised.
class Crowd {
 public:
  /// `now`: nanoseconds of a steady clock. Crowded: of the time that the threads wanted to run since the last reading
  /// that told something, more than a tenth went by without a processor. It stays so until kCalm after the last
  /// crowded reading. A reading over less than kEnough of such time is not judged.
  bool after(std::int64_t now, std::vector<ThreadTimes> times);

  static constexpr double kCrowdedShare = 0.1;
  static constexpr std::int64_t kEnough = 5'000'000;
  static constexpr std::int64_t kCalm = 1'000'000'000;

 private:
  std::vector<ThreadTimes> last_;
  std::optional<std::int64_t> crowded_at_;
};

}  // namespace vigie
