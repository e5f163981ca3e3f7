#include "vigie/core/cpu.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace vigie {
namespace {

/// Whether the kernel names an instruction set among this processor's.
bool kernel_names(const std::string& wanted) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    for (std::string word; words >> word;)
      if (word == wanted) return true;
  }
  return false;
}

TEST(Cpu, HasWhatTheKernelSays) {
  EXPECT_EQ(has_bf16_instructions(), kernel_names("avx512_bf16"));
  EXPECT_EQ(has_int8_instructions(), kernel_names("avx512_vnni") && kernel_names("avx512bw"));
}

}  // namespace
}  // namespace vigie
