#pragma once

#include <omp.h>

namespace vigie {

/// Keeps oneDNN on the calling thread while it lives; the setting belongs to the calling task alone.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

}  // namespace vigie
