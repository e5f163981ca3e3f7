#include "vigie/core/precision.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "vigie/core/error.h"

namespace vigie {
namespace {

TEST(Precision, NamesReadBack) {
  for (const Precision precision : {Precision::F32, Precision::BF16, Precision::Int8})
    EXPECT_EQ(precision_from_name(name_of(precision)), precision);
  EXPECT_THROW(precision_from_name("fp16"), Error);
}

TEST(Precision, FallsBackWhenTheInstructionsAreSwitchedOff) {
  setenv("DNNL_MAX_CPU_ISA", "AVX2", 1);
  EXPECT_FALSE(runs_here(Precision::Int8));
  EXPECT_EQ(runnable(Precision::Int8), Precision::F32);
  EXPECT_EQ(runnable(Precision::BF16), Precision::F32);
  setenv("DNNL_MAX_CPU_ISA", "AVX512_CORE_VNNI", 1);
  EXPECT_FALSE(runs_here(Precision::BF16));
  unsetenv("DNNL_MAX_CPU_ISA");
  EXPECT_EQ(runnable(Precision::F32), Precision::F32);
}

}  // namespace
}  // namespace vigie
