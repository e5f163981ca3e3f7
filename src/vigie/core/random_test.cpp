#include "vigie/core/random.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <set>
#include <thread>

#include "vigie/core/error.h"
#include "vigie/core/progress.h"
#include "vigie/core/threads.h"

namespace vigie {
namespace {

TEST(Random, TheSameSeedGivesTheSameStream) {
  Random a(7), b(7), c(8);
  EXPECT_EQ(a.next(), b.next());
  EXPECT_NE(a.next(), c.next());
}

TEST(Random, NormalHasZeroMeanAndUnitVariance) {
  Random random(1);
  double sum = 0, squares = 0;
  constexpr int n = 200000;
  for (int i = 0; i < n; ++i) {
    const double x = random.normal();
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / n, 0, 0.01);
  EXPECT_NEAR(squares / n, 1, 0.02);
}

TEST(Random, PermutationHoldsEveryIndexOnce) {
  const auto order = Random(3).permutation(100);
  EXPECT_EQ(std::set<std::int64_t>(order.begin(), order.end()).size(), 100u);
}

TEST(Random, BelowStaysInRangeAndReachesEveryValue) {
  Random random(5);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.below(7));
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(*seen.rbegin(), 6u);
}

TEST(ParallelFor, RethrowsTheExceptionOfAnIteration) {
  EXPECT_THROW(parallel_for(100, [](std::int64_t i) { VIGIE_CHECK(i != 40, "test", "forty"); }), Error);
}

TEST(ParallelFor, VisitsEveryIndexOnce) {
  std::vector<std::atomic<int>> visits(1000);
  parallel_for(
      1000, [&](std::int64_t i) { ++visits[static_cast<std::size_t>(i)]; }, 16);
  for (const auto& count : visits) EXPECT_EQ(count, 1);
}

TEST(ThreadBudget, ReachesThreadsMadeLater) {
  set_thread_budget(1);
  int seen = 0;
  std::jthread([&] { seen = thread_budget(); }).join();
  set_thread_budget(0);
  EXPECT_EQ(seen, 1);
}

TEST(Progress, ReportsTheEndAndStopsOnRequest) {
  std::stop_source source;
  std::int64_t last = -1;
  const RunContext context(source.get_token(), [&](const ProgressEvent& event) { last = event.done; });
  Progress progress(context, "work", 3);
  progress.advance(3);
  EXPECT_EQ(last, 3);
  source.request_stop();
  EXPECT_THROW(progress.advance(), Error);
}

}  // namespace
}  // namespace vigie
