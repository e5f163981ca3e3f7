#include "vigie/core/waiting.h"

#include <gtest/gtest.h>
#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "vigie/core/crowd.h"
#include "vigie/core/threads.h"

namespace vigie {
namespace {

bool asleep(int thread) {
  std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::stringstream text;
  text << file.rdbuf();
  const std::string line = text.str();
  return line.substr(line.rfind(')') + 2, 1) == "S";
}

/// Nanoseconds on a processor.
std::int64_t ran(int thread) {
  const auto times = read_thread_times().value();
  return std::ranges::find(times, thread, &ThreadTimes::thread)->ran;
}

std::int64_t ran_here() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

/// Nanoseconds of a processor that a thread uses up at the end of a parallel loop before it sleeps, while another one
/// of its team still works, however long that takes. -1 when the team had one thread.
std::int64_t cost_of_a_wait() {
  std::atomic<int> waiting{0};
  std::atomic<std::int64_t> before{0};
  std::int64_t cost = -1;
#pragma omp parallel num_threads(2)
  if (omp_get_thread_num() == 1) {
    before = ran_here();
    waiting = gettid();
  } else if (omp_get_num_threads() == 2) {
    while (waiting == 0) std::this_thread::yield();
    while (!asleep(waiting)) std::this_thread::yield();
    cost = ran(waiting) - before;
  }
  return cost;
}

std::int64_t least_cost_of_a_wait() {
  std::int64_t least = cost_of_a_wait();
  for (int i = 0; i < 4; ++i) least = std::min(least, cost_of_a_wait());
  return least;
}

// OpenMP's usual 300 000 turns take more than this on any processor, its 100 turns in short waits far less. Not
// compared with a usual wait, because the process may have found itself in a crowd before.
constexpr std::int64_t kShort = 300'000;

bool waits_can_be_chosen() {
  return read_thread_times() && omp_get_num_procs() > 1 && std::getenv("OMP_WAIT_POLICY") == nullptr &&
         std::getenv("GOMP_SPINCOUNT") == nullptr;
}

TEST(Waiting, ShortWaitsSleepSoon) {
  if (!waits_can_be_chosen()) GTEST_SKIP() << "one processor, no counts by the kernel, or the user has chosen";
  const ShortWaits waits;
  const std::int64_t cost = least_cost_of_a_wait();
  EXPECT_GE(cost, 0) << "the region had one thread";
  EXPECT_LT(cost, kShort);
}

TEST(Waiting, ShortWaitsHoldForFewerThreadsThanProcessorsToo) {
  if (!waits_can_be_chosen()) GTEST_SKIP() << "one processor, no counts by the kernel, or the user has chosen";
  set_thread_budget(1);
  {
    const ShortWaits waits;
    EXPECT_LT(least_cost_of_a_wait(), kShort);
  }
  set_thread_budget(0);
}

TEST(Waiting, NothingIsHeldAfterShortWaits) {
  if (!waits_can_be_chosen()) GTEST_SKIP() << "one processor, no counts by the kernel, or the user has chosen";
  (void)cost_of_a_wait();  // this thread's own team
  const std::size_t before = read_thread_times()->size();
  {
    const ShortWaits waits;
    EXPECT_GT(read_thread_times()->size(), before);
  }
  while (read_thread_times()->size() > before) std::this_thread::yield();
}

TEST(Waiting, WhatIsHeldIsAsleep) {
  const ShortWaits waits;
  const auto times = read_thread_times();
  if (!times) GTEST_SKIP() << "this kernel does not count how long threads wait for a processor";
  for (const ThreadTimes& time : *times)
    while (time.thread != gettid() && !asleep(time.thread)) std::this_thread::yield();
}

TEST(Waiting, ParallelLoopsDoTheirWorkWhicheverWayTheyWait) {
  std::atomic<int> sum{0};
  for (int i = 0; i < 100; ++i) parallel_for(10, [&](std::int64_t k) { sum += static_cast<int>(k); });
  EXPECT_EQ(sum, 4500);
}

}  // namespace
}  // namespace vigie
