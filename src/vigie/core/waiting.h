#pragma once

#include <memory>

namespace vigie {

/// How threads wait at the end of a parallel loop, for all OpenMP loops of the process: ours, oneDNN's, libtorch's.
///
/// OpenMP's threads turn in a loop for milliseconds before they sleep. Alone on the machine that is the fastest way.
/// Beside other busy programs a thread that turns uses up the time its process is due, so the thread that all wait for
/// gets none, and one loop takes a hundred milliseconds. So: long waits while alone, short ones in a crowd; and short
/// turns on the processor (time_slice.h), for the calling thread and the team it makes.
///
/// Call it before parallel work: it looks at the crowd at most every 0.1 s and costs nothing in between. Does nothing
/// about the waits when the environment holds OMP_WAIT_POLICY or GOMP_SPINCOUNT (the user has chosen), or where the
/// kernel does not count.
void choose_waiting();

/// While it lives, OpenMP's threads sleep after microseconds. GNU's library documents (GOMP_SPINCOUNT) that it waits so
/// whenever it has more threads than there are processors; it looks at the count at every wait, but reads its settings
/// only once, before main(). So this keeps some threads asleep that it counts.
class ShortWaits {
 public:
  /// Throws std::system_error when the system gives no more threads.
  ShortWaits();
  ~ShortWaits();
  ShortWaits(const ShortWaits&) = delete;
  ShortWaits& operator=(const ShortWaits&) = delete;

 private:
  class Holder;
  std::unique_ptr<Holder> holder_;
};

}  // namespace vigie
