#include "vigie/pipeline/peak_memory.h"

#include <malloc.h>

#include <fstream>
#include <string>

namespace vigie {

void reset_peak_memory() {
  malloc_trim(0);  // pages that an earlier run freed must not count for this one
  std::ofstream("/proc/self/clear_refs") << "5";
}

std::int64_t peak_memory_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "VmHWM:") continue;
    std::int64_t kibibytes = 0;
    status >> kibibytes;
    return kibibytes * 1024;
  }
  return 0;
}

}  // namespace vigie
