#include "vigie/core/crowd.h"

#include <gtest/gtest.h>

namespace vigie {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000, kSecond = 1'000 * kMillisecond;

TEST(Crowd, ThreadsThatRanWheneverTheyWantedAreAlone) {
  Crowd crowd;
  EXPECT_FALSE(crowd.after(0, {{1, 100 * kMillisecond, 0}, {2, 80 * kMillisecond, kMillisecond}}));
  EXPECT_FALSE(crowd.after(kSecond, {{1, 200 * kMillisecond, 0}, {2, 180 * kMillisecond, 5 * kMillisecond}}));
}

TEST(Crowd, OneThreadThatHadToWaitIsEnough) {
  Crowd crowd;
  EXPECT_FALSE(crowd.after(0, {{1, 100 * kMillisecond, 0}, {2, 100 * kMillisecond, 0}}));
  EXPECT_TRUE(crowd.after(kSecond, {{1, 120 * kMillisecond, 0}, {2, 110 * kMillisecond, 10 * kMillisecond}}));
}

TEST(Crowd, TheFirstReadingCountsSinceTheProcessBegan) {
  Crowd crowd;
  EXPECT_TRUE(crowd.after(0, {{1, 10 * kMillisecond, 10 * kMillisecond}}));
}

TEST(Crowd, AsleepBetweenPartsIsNeitherAloneNorCrowded) {
  Crowd crowd;
  crowd.after(0, {{1, 100 * kMillisecond, 0}});
  // A minute asleep, then 10 ms wanted, of which 4 were had.
  EXPECT_TRUE(crowd.after(60 * kSecond, {{1, 104 * kMillisecond, 6 * kMillisecond}}));
}

TEST(Crowd, TooLittleTimeIsNotJudgedButKept) {
  Crowd crowd;
  crowd.after(0, {{1, 100 * kMillisecond, 0}});
  EXPECT_FALSE(crowd.after(kSecond, {{1, 101 * kMillisecond, 3 * kMillisecond}}));
  EXPECT_TRUE(crowd.after(2 * kSecond, {{1, 103 * kMillisecond, 3 * kMillisecond}}));
}

TEST(Crowd, ItStaysCrowdedForASecondAfterTheLastSign) {
  Crowd crowd;
  ASSERT_TRUE(crowd.after(kSecond, {{1, 10 * kMillisecond, 10 * kMillisecond}}));
  EXPECT_TRUE(crowd.after(2 * kSecond - 1, {{1, 20 * kMillisecond, 10 * kMillisecond}}));
  EXPECT_FALSE(crowd.after(2 * kSecond, {{1, 30 * kMillisecond, 10 * kMillisecond}}));
}

TEST(Crowd, AnEndedThreadTakesNothingFromTheOthersAndItsNumberMayComeAgain) {
  Crowd crowd;
  crowd.after(0, {{1, 100 * kMillisecond, 0}, {2, 500 * kMillisecond, 40 * kMillisecond}});
  EXPECT_FALSE(crowd.after(2 * kSecond, {{1, 120 * kMillisecond, 0}}));
  EXPECT_TRUE(crowd.after(3 * kSecond, {{1, 130 * kMillisecond, 0}, {2, 5 * kMillisecond, 5 * kMillisecond}}));
}

TEST(Crowd, TheKernelsCountsNameTheCallingThread) {
  const auto times = read_thread_times();
  if (!times) GTEST_SKIP() << "this kernel does not count how long threads wait for a processor";
  EXPECT_FALSE(times->empty());
  for (const ThreadTimes& time : *times) EXPECT_GT(time.thread, 0);
}

}  // namespace
}  // namespace vigie
