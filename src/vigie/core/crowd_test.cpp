#include "vigie/core/crowd.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <thread>

namespace vigie {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000, kSecond = 1'000 * kMillisecond;

/// A reading of one thread, milliseconds.
CrowdReading reading(std::int64_t now, std::int64_t ran, std::int64_t delayed, std::int64_t others) {
  return {now * kMillisecond, {{1, ran * kMillisecond, delayed * kMillisecond}}, others * kMillisecond};
}

TEST(Crowd, ThreadsThatRanWheneverTheyWantedAreAlone) {
  Crowd crowd;
  crowd.after(reading(0, 100, 0, 0));
  EXPECT_FALSE(crowd.after(reading(1'000, 900, 50, 900)));
  EXPECT_FALSE(crowd.after(reading(2'000, 1'700, 100, 1'800)));
}

TEST(Crowd, ThreadsThatWaitedTwiceWhileOthersRanAreInACrowd) {
  Crowd crowd;
  crowd.after(reading(0, 100, 0, 0));
  EXPECT_FALSE(crowd.after(reading(100, 150, 50, 50)));
  EXPECT_TRUE(crowd.after(reading(200, 200, 100, 100)));
}

TEST(Crowd, ThreadsThatWaitedForEachOtherAreAlone) {
  Crowd crowd;
  crowd.after(reading(0, 100, 0, 0));
  EXPECT_FALSE(crowd.after(reading(100, 150, 50, 20)));  // others had a fifth of a processor
  EXPECT_FALSE(crowd.after(reading(200, 200, 100, 40)));
}

TEST(Crowd, OneThreadThatHadToWaitIsEnough) {
  Crowd crowd;
  for (std::int64_t i = 0; i < 3; ++i)
    EXPECT_EQ(crowd.after({i * kSecond,
                           {{1, 100 * i * kMillisecond, 0}, {2, 50 * i * kMillisecond, 50 * i * kMillisecond}},
                           i * kSecond}),
              i == 2);
}

TEST(Crowd, TheFirstReadingIsNotJudged) {
  Crowd crowd;
  EXPECT_FALSE(crowd.after(reading(100, 10, 10, 100)));
  EXPECT_FALSE(crowd.after(reading(200, 20, 20, 200)));
}

TEST(Crowd, PartsThatComeEveryMinuteTellToo) {
  Crowd crowd;
  crowd.after(reading(0, 100, 0, 0));
  crowd.after(reading(60'000, 104, 6, 60'000));  // a minute asleep, then 10 ms wanted, of which 4 were had
  EXPECT_TRUE(crowd.after(reading(120'000, 108, 12, 120'000)));
}

TEST(Crowd, TooLittleTimeIsNotJudgedButKept) {
  Crowd crowd;
  crowd.after(reading(0, 100, 0, 0));
  crowd.after(reading(500, 110, 10, 500));
  EXPECT_FALSE(crowd.after(reading(1'000, 111, 13, 1'000)));
  EXPECT_TRUE(crowd.after(reading(2'000, 113, 13, 2'000)));
}

TEST(Crowd, ItStaysCrowdedForASecondAfterTheLastSign) {
  Crowd crowd;
  crowd.after(reading(0, 0, 0, 0));
  crowd.after(reading(500, 10, 10, 500));
  ASSERT_TRUE(crowd.after(reading(1'000, 20, 20, 1'000)));
  EXPECT_TRUE(crowd.after(reading(1'999, 30, 20, 1'000)));
  EXPECT_FALSE(crowd.after(reading(2'000, 40, 20, 1'000)));
}

TEST(Crowd, AnEndedThreadTakesNothingFromTheOthersAndItsNumberMayComeAgain) {
  Crowd crowd;
  const auto at = [](std::int64_t second, std::vector<ThreadTimes> threads) {
    return CrowdReading{second * kSecond, std::move(threads), second * kSecond};
  };
  crowd.after(at(0, {{1, 100 * kMillisecond, 0}, {2, 500 * kMillisecond, 40 * kMillisecond}}));
  EXPECT_FALSE(crowd.after(at(2, {{1, 120 * kMillisecond, 0}})));
  crowd.after(at(3, {{1, 130 * kMillisecond, 0}, {2, 5 * kMillisecond, 5 * kMillisecond}}));
  EXPECT_TRUE(crowd.after(at(4, {{1, 140 * kMillisecond, 0}, {2, 10 * kMillisecond, 10 * kMillisecond}})));
}

/// Keeps every processor busy for a while.
void work_on_all_processors(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i)
    threads.emplace_back([end] {
      while (std::chrono::steady_clock::now() < end) {
      }
    });
}

// All processors give no more time than there is: what this process had, others had not.
TEST(Crowd, OwnWorkIsNotTimeOfOthers) {
  const auto before = read_time_of_others();
  if (!before) GTEST_SKIP() << "this kernel does not say how long its processors worked";
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t own_start = std::clock();
  work_on_all_processors(std::chrono::milliseconds(300));
  const std::int64_t others = *read_time_of_others() - *before;
  const double own = static_cast<double>(std::clock() - own_start) / CLOCKS_PER_SEC;
  const double passed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double all = passed * static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN));
  EXPECT_LE(static_cast<double>(others) / kSecond, all - own + 0.1);  // counted in steps of 10 ms a processor
}

TEST(Crowd, TheKernelsCountsNameTheCallingThread) {
  const auto times = read_thread_times();
  if (!times) GTEST_SKIP() << "this kernel does not count how long threads wait for a processor";
  EXPECT_FALSE(times->empty());
  for (const ThreadTimes& time : *times) EXPECT_GT(time.thread, 0);
}

}  // namespace
}  // namespace vigie
