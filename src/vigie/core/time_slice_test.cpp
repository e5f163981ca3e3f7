#include "vigie/core/time_slice.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <thread>

#include "vigie/core/threads.h"

namespace vigie {
namespace {

/// What a new thread finds after it has asked; 0 on a kernel that keeps no slices.
std::int64_t slice_after_asking() {
  std::int64_t slice = 0;
  std::thread([&] {
    ask_for_short_slices();
    slice = time_slice();
  }).join();
  return slice;
}

TEST(TimeSlice, IsShortAfterAsking) {
  if (time_slice() == 0)
    EXPECT_EQ(slice_after_asking(), 0);
  else
    EXPECT_EQ(slice_after_asking(), kShortSlice);
}

TEST(TimeSlice, ThreadsThatAreCreatedLaterHaveIt) {
  std::int64_t of_child = 0, of_parent = 0;
  std::thread([&] {
    ask_for_short_slices();
    of_parent = time_slice();
    std::thread([&] { of_child = time_slice(); }).join();
  }).join();
  EXPECT_EQ(of_child, of_parent);
}

TEST(TimeSlice, AskingLeavesThePriorityAsItIs) {
  std::thread([] {
    ASSERT_EQ(setpriority(PRIO_PROCESS, 0, 5), 0);  // of this thread alone
    ask_for_short_slices();
    EXPECT_EQ(getpriority(PRIO_PROCESS, 0), 5);
  }).join();
}

TEST(TimeSlice, AThreadThatWorksInParallelHasAsked) {
  std::int64_t slice = -1;
  std::thread([&] {
    parallel_for(4, [](std::int64_t) {});
    slice = time_slice();
  }).join();
  EXPECT_LE(slice, kShortSlice);
}

}  // namespace
}  // namespace vigie
