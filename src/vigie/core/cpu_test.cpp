#include "vigie/core/cpu.h"

#include <gtest/gtest.h>

namespace vigie {
namespace {

TEST(Cpu, LacksNothingWhereTheTestsRun) {
  EXPECT_EQ(instructions_lacking(), nullptr);
}

}  // namespace
}  // namespace vigie
