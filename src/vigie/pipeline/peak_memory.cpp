#include "vigie/pipeline/peak_memory.h"

#include <malloc.h>

#include <fstream>
#include <string>

namespace vigie {

namespace {

std::int64_t bytes_in_status(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != key) continue;
    std::int64_t kibibytes = 0;
    status >> kibibytes;
    return kibibytes * 1024;
  }
  return 0;
}

}  // namespace

void reset_peak_memory() {
  malloc_trim(0);  // pages that an earlier run freed must not count for this one
  std::ofstream("/proc/self/clear_refs") << "5";
}

std::int64_t resident_memory_bytes() {
  return bytes_in_status("VmRSS:");
}

std::int64_t peak_memory_bytes() {
  return bytes_in_status("VmHWM:");
}

}  // namespace vigie
