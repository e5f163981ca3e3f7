#include "vigie/engine/memory_plan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "vigie/core/random.h"
#include "vigie/nn/builder.h"

namespace vigie::engine {
namespace {

TEST(Pack, NeverOverlapsInTimeAndMemory) {
  Random random(3);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<Interval> lives;
    for (int i = 0; i < 25; ++i) {
      const int first = static_cast<int>(random.below(30));
      lives.push_back({random.below(1000), first, first + static_cast<int>(random.below(8))});
    }
    const std::vector<std::size_t> offsets = pack(lives);
    for (std::size_t i = 0; i < lives.size(); ++i) {
      EXPECT_EQ(offsets[i] % 64, 0u);
      for (std::size_t j = 0; j < i; ++j) {
        const bool together = lives[i].first <= lives[j].last && lives[j].first <= lives[i].last;
        const bool apart = offsets[i] + lives[i].bytes <= offsets[j] || offsets[j] + lives[j].bytes <= offsets[i];
        EXPECT_TRUE(!together || apart) << "trial " << trial << ": " << i << " and " << j;
      }
    }
  }
}

TEST(Pack, ReusesWhatIsNoLongerNeeded) {
  const std::vector<std::size_t> offsets = pack({{640, 0, 1}, {640, 1, 2}, {640, 2, 3}, {640, 3, 4}});
  EXPECT_EQ(*std::ranges::max_element(offsets), 640u);
}

TEST(PlanMemory, ALongChainNeedsTwoBuffers) {
  nn::GraphBuilder b;
  nn::Ref x = b.input(16);
  for (int i = 0; i < 10; ++i) x = b.conv("c" + std::to_string(i), x, {.out = 16});
  b.output("y", x);
  const Program program = lower(b.build());
  const MemoryPlan plan = plan_memory(program, nn::infer_shapes(program.graph, {1, 8, 8, 16}));
  EXPECT_EQ(plan.arena_bytes, 2u * 8 * 8 * 16 * sizeof(float));
  EXPECT_EQ(plan.places.back().kind, Place::Kind::Output);
}

/// Steps whose result takes over another value's memory, in a block whose input is the residual.
std::vector<int> overwritten_in_block(bool residual_is_output) {
  nn::GraphBuilder b;
  const nn::Ref x = b.conv("a", b.input(4), {.out = 4});
  if (residual_is_output) b.output("x", x);
  const nn::Ref y = b.add(x, b.conv("c", b.conv("b", x, {.out = 4}), {.out = 4}));
  b.output("y", b.max_pool(y, 2, 2));
  const Program program = lower(b.build());
  return plan_memory(program, nn::infer_shapes(program.graph, {1, 8, 8, 4})).overwritten;
}

TEST(PlanMemory, SumsInPlaceOnlyOnMemoryOfItsOwn) {
  EXPECT_EQ(overwritten_in_block(false), (std::vector<int>{-1, -1, 1, -1}));
  EXPECT_EQ(overwritten_in_block(true), (std::vector<int>{-1, -1, -1, -1}));
}

}  // namespace
}  // namespace vigie::engine
