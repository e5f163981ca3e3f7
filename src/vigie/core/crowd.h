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

/// Time that all other programs had on all processors together since the system started, nanoseconds, in steps of a
/// hundredth of a second; nullopt where the kernel does not say.
std::optional<std::int64_t> read_time_of_others();

/// What the kernel counts, read at one moment.
struct CrowdReading {
  std::int64_t now = 0;  ///< nanoseconds of a steady clock
  std::vector<ThreadTimes> threads;
  std::int64_t others = 0;  ///< read_time_of_others()
};

/// Tells from readings one after another whether this process shares its processors with others that keep them busy.
/// Not synchronised.
class Crowd {
 public:
  /// A sign of a crowd: since the last reading that told something, the threads spent more than kDelayedShare of the
  /// time that they wanted to run without a processor, and other programs took more than kOthersShare of one processor.
  /// Neither alone is enough: threads of this process may stand behind each other on a processor while another is free.
  /// Two signs in a row make a crowd, until kCalm after the last sign. The first reading, and one over less than
  /// kEnough of wanted time, is not judged.
  bool after(CrowdReading reading);

  static constexpr double kDelayedShare = 0.1, kOthersShare = 0.25;
  static constexpr std::int64_t kEnough = 5'000'000;
  static constexpr std::int64_t kCalm = 1'000'000'000;

 private:
  std::optional<CrowdReading> last_;
  bool last_was_sign_ = false;
  std::optional<std::int64_t> crowded_at_;
};

}  // namespace vigie
