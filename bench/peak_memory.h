#pragma once

#include <cstdint>
#include <fstream>
#include <string>

namespace vigie::bench {

/// The most memory the process has held since this was made, beyond what it held then. Linux only; 0 elsewhere.
class PeakMemory {
 public:
  PeakMemory() {
    std::ofstream("/proc/self/clear_refs") << 5;  // the kernel's high-water mark starts anew
    before_ = read("VmRSS");
  }
  std::int64_t bytes() const { return read("VmHWM") - before_; }

 private:
  static std::int64_t read(const std::string& key) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
      if (line.rfind(key, 0) == 0) return 1024 * std::stoll(line.substr(key.size() + 1));
    return 0;
  }
  std::int64_t before_ = 0;
};

}  // namespace vigie::bench
