#include "vigie/core/threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "vigie/core/error.h"

namespace vigie {
namespace {

TEST(Threads, AShareHoldsForItsThreadAndItsLifeOnly) {
  set_thread_budget(3);
  {
    const ThreadShare share(1);
    EXPECT_EQ(thread_budget(), 1);
    int elsewhere = 0;
    std::jthread([&] { elsewhere = thread_budget(); }).join();
    EXPECT_EQ(elsewhere, 3);
  }
  EXPECT_EQ(thread_budget(), 3);
  set_thread_budget(0);
  EXPECT_THROW(ThreadShare(0), Error);
}

TEST(Threads, ParallelForVisitsEveryIndexOnce) {
  std::vector<std::atomic<int>> visits(1000);
  parallel_for(
      1000, [&](std::int64_t i) { ++visits[static_cast<std::size_t>(i)]; }, 7);
  for (const auto& count : visits) EXPECT_EQ(count, 1);
}

TEST(Threads, AnExceptionReachesTheCaller) {
  EXPECT_THROW(parallel_for(100,
                            [](std::int64_t i) {
                              if (i == 50) fail(ErrorKind::BadFile, "test", "here");
                            }),
               Error);
}

}  // namespace
}  // namespace vigie
