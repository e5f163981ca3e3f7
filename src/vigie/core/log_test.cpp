#include "vigie/core/log.h"

#include <gmock/gmock.h>

#include <string>
#include <thread>
#include <vector>

#include "vigie/core/error.h"
#include "vigie/core/progress.h"
#include "vigie/core/streams.h"
#include "vigie/core/threads.h"

namespace vigie {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::SizeIs;

/// A job's log that keeps its lines. One thread at a time writes, so they need no lock.
struct Kept {
  std::vector<std::string> lines;
  std::shared_ptr<const JobLog> log =
      std::make_shared<JobLog>([this](LogLevel, std::string_view text) { lines.emplace_back(text); }, LogLevel::Info);
};

TEST(LogScope, LinesGoToTheInnermostScopeAndBackAfterIt) {
  Kept outer, inner;
  const LogScope scope(outer.log);
  log_info("one");
  {
    const LogScope nested(inner.log);
    log_info("two");
    const LogScope nothing(nullptr);
    log_warning("three {}", 3);
  }
  log_info("four");
  EXPECT_THAT(outer.lines, ElementsAre("one", "four"));
  EXPECT_THAT(inner.lines, ElementsAre("two", "three 3"));
}

TEST(LogScope, AJobHasItsOwnLevel) {
  Kept kept;
  const auto verbose = std::make_shared<JobLog>([&](LogLevel, std::string_view text) { kept.lines.emplace_back(text); },
                                                LogLevel::Debug);
  log_debug("the process is not that verbose");
  const LogScope scope(verbose);
  log_debug("seen");
  EXPECT_THAT(kept.lines, ElementsAre("seen"));
}

TEST(LogScope, JobsInTwoThreadsDoNotMix) {
  Kept first, second;
  const auto work = [](const Kept& kept, const char* text) {
    const LogScope scope(kept.log);
    for (int i = 0; i < 100; ++i) log_info("{}", text);
  };
  std::thread one(work, std::cref(first), "first"), two(work, std::cref(second), "second");
  one.join();
  two.join();
  EXPECT_THAT(first.lines, SizeIs(100));
  EXPECT_THAT(first.lines, Each(std::string("first")));
  EXPECT_THAT(second.lines, Each(std::string("second")));
}

TEST(LogScope, ThreadsThatWorkForAJobLogThere) {
  set_thread_budget(4);
  Kept kept;
  {
    const LogScope scope(kept.log);
    parallel_for(40, [](std::int64_t i) {
      std::this_thread::sleep_for(std::chrono::microseconds(100));  // so that every thread takes some
      log_info("loop {}", i);
    });
    int given = 0;
    run_streams(
        4,
        [&](const std::stop_token&) -> std::optional<int> {
          return given < 40 ? std::optional(given++) : std::nullopt;
        },
        [](int i) {
          log_info("stream {}", i);
          return i;
        },
        [](int) {});
  }
  EXPECT_THAT(kept.lines, SizeIs(80));
  testing::internal::CaptureStderr();
  parallel_for(40, [](std::int64_t) { log_info("elsewhere"); });  // the loop's threads have forgotten the job
  testing::internal::GetCapturedStderr();
  set_thread_budget(0);
  EXPECT_THAT(kept.lines, SizeIs(80));
}

TEST(LogScope, ALogThatThrowsDoesNotEndTheJob) {
  const auto broken =
      std::make_shared<JobLog>([](LogLevel, std::string_view) { fail(ErrorKind::Io, "log", "full disk"); });
  const LogScope scope(broken);
  testing::internal::CaptureStderr();
  EXPECT_NO_THROW(log_warning("this one"));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "warning: this one\n");
}

TEST(RunScope, GivesTheThreadWhatTheContextCarries) {
  set_thread_budget(4);
  Kept kept;
  const RunContext plain, own = plain.with_log(kept.log).with_threads(3);
  {
    const RunScope nothing(plain);
    EXPECT_EQ(thread_budget(), 4);
    EXPECT_EQ(current_log(), nullptr);
    const RunScope scope(own);
    EXPECT_EQ(thread_budget(), 3);
    log_info("mine");
  }
  EXPECT_EQ(thread_budget(), 4);
  set_thread_budget(0);
  EXPECT_EQ(current_log(), nullptr);
  EXPECT_THAT(kept.lines, ElementsAre("mine"));
  EXPECT_THROW(plain.with_threads(0), Error);
}

}  // namespace
}  // namespace vigie
