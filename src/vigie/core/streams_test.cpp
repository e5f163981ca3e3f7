#include "vigie/core/streams.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <numeric>

#include "vigie/core/error.h"

namespace vigie {
namespace {

std::vector<int> squares_of(int count, int streams) {
  int given = 0;
  std::vector<int> out;
  run_streams(
      streams,
      [&](const std::stop_token&) -> std::optional<int> {
        return given < count ? std::optional(given++) : std::nullopt;
      },
      [](int i) {
        std::this_thread::sleep_for(std::chrono::microseconds((i * 7) % 5 * 100));  // later jobs may finish first
        return i * i;
      },
      [&](int square) { out.push_back(square); });
  return out;
}

TEST(Streams, ResultsComeInTheOrderOfTheJobs) {
  const std::vector<int> expected = squares_of(100, 1);
  ASSERT_EQ(expected.size(), 100u);
  EXPECT_EQ(squares_of(100, 3), expected);
  EXPECT_TRUE(squares_of(0, 3).empty());
}

TEST(Streams, WorkOnSeveralJobsAtOnce) {
  set_thread_budget(2);
  std::atomic<int> busy = 0, most = 0, share = 0;
  int given = 0;
  run_streams(
      2,
      [&](const std::stop_token&) -> std::optional<int> { return given < 10 ? std::optional(given++) : std::nullopt; },
      [&](int i) {
        const int now = ++busy;
        most = std::max(most.load(), now);
        share = thread_budget();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        --busy;
        return i;
      },
      [](int) {});
  set_thread_budget(0);
  EXPECT_EQ(most, 2);
  EXPECT_EQ(share, 1);
}

TEST(Streams, AnExceptionAnywhereEndsAllAndReachesTheCaller) {
  for (const int streams : {1, 2, 4})
    for (const std::string place : {"next", "work", "emit"}) {
      int given = 0;
      const auto trip = [&](const char* here, int i) {
        if (place == here && i == 5) fail(ErrorKind::BadFile, here, "job {}", i);
        return i;
      };
      EXPECT_THROW(run_streams(
                       streams, [&](const std::stop_token&) -> std::optional<int> { return trip("next", given++); },
                       [&](int i) { return trip("work", i); }, [&](int i) { trip("emit", i); }),
                   Error)
          << place << streams;
      EXPECT_LT(given, 20);
    }
}

TEST(Streams, JobsBeforeTheOneThatFailedAreHandedOut) {
  for (const int streams : {1, 2, 3}) {
    int given = 0;
    std::vector<int> out;
    const auto run = [&] {
      run_streams(
          streams, [&](const std::stop_token&) -> std::optional<int> { return given++; },
          [](int i) {
            if (i == 7) fail(ErrorKind::BadFile, "work", "job {}", i);  // at once, while those before it are at work
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
            return i;
          },
          [&](int i) { out.push_back(i); });
    };
    EXPECT_THROW(run(), Error);
    EXPECT_THAT(out, testing::ElementsAre(0, 1, 2, 3, 4, 5, 6)) << streams;
  }
}

TEST(Streams, ASourceThatWaitsIsToldToStop) {
  std::atomic<int> given = 0;
  EXPECT_THROW(run_streams(
                   2,
                   [&](const std::stop_token& stop) -> std::optional<int> {
                     if (given++ == 0) return 0;
                     while (!stop.stop_requested()) std::this_thread::yield();  // nothing ever comes
                     return std::nullopt;
                   },
                   [](int) -> int { fail(ErrorKind::BadFile, "work", "broken"); }, [](int) {}),
               Error);
}

}  // namespace
}  // namespace vigie
