#include "vigie/io/line_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vigie/core/error.h"
#include "vigie/io/io_test_support.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;
using testing_io::ScratchFolder;

TEST(LineFile, AKilledProcessLeavesEveryLineItAdded) {
  const ScratchFolder folder;
  const fs::path path = folder / "out.jsonl";
  write_file(path, "of an earlier run\n");
  const pid_t child = fork();
  if (child == 0) {
    LineFile lines(path);
    lines.add("one");
    lines.add("two");
    kill(getpid(), SIGKILL);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(read_file(path), "one\ntwo\n");
}

TEST(LineFile, WhatLayThereStaysUntilTheFirstLine) {
  const ScratchFolder folder;
  const fs::path path = folder / "out.jsonl";
  write_file(path, "old\n");
  {
    LineFile lines(path);
    EXPECT_EQ(read_file(path), "old\n");
  }
  EXPECT_EQ(read_file(path), "old\n");
  LineFile lines(path);
  lines.add("new");
  EXPECT_EQ(read_file(path), "new\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), fs::directory_iterator()), 1);
}

TEST(LineFile, AFinishedRunWithoutLinesLeavesAnEmptyFile) {
  const ScratchFolder folder;
  const fs::path path = folder / "out.jsonl";
  write_file(path, "old\n");
  LineFile lines(path);
  lines.finish();
  EXPECT_EQ(read_file(path), "");
}

// A limit of the file's size is refused as a full disk is: in the middle of a write.
TEST(LineFile, AFullDiskCostsNoLineOnceThereIsRoomAgain) {
  const ScratchFolder folder;
  const fs::path path = folder / "out.jsonl";
  signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto limit = [&](rlim_t bytes) {
    const rlimit wanted{bytes, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &wanted);
  };
  LineFile lines(path);
  lines.add("one");
  limit(6);
  lines.add("two");
  lines.add("three");
  EXPECT_EQ(lines.missing(), 2);
  EXPECT_FALSE(lines.closed());
  EXPECT_FALSE(lines.fault().empty());
  limit(before.rlim_cur);
  lines.add("four");
  EXPECT_EQ(lines.missing(), 0);
  EXPECT_EQ(read_file(path), "one\ntwo\nthree\nfour\n");
  limit(21);
  lines.add("five");
  lines.finish();
  limit(before.rlim_cur);
  EXPECT_EQ(lines.missing(), 1);
  EXPECT_EQ(read_file(path), "one\ntwo\nthree\nfour\n");  // no half line
}

TEST(LineFile, AClosedPipeIsSaidAndLosesTheLines) {
  signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  LineFile lines(ends[1], "standard output");
  lines.add("one");
  char got[8] = {};
  EXPECT_EQ(read(ends[0], got, sizeof got), 4);
  close(ends[0]);
  lines.add("two");
  lines.add("three");
  EXPECT_TRUE(lines.closed());
  EXPECT_EQ(lines.missing(), 2);
  close(ends[1]);
}

TEST(LineFile, RefusesAtOnceWhatCanNeverBeWritten) {
  const ScratchFolder folder;
  EXPECT_THROW(LineFile{folder.path()}, Error);
  EXPECT_THROW(LineFile{folder / std::string(300, 'x')}, Error);
}

TEST(LineFile, WritesToADeviceAsItIs) {
  LineFile lines(fs::path("/dev/null"));
  lines.add("one");
  lines.finish();
  EXPECT_EQ(lines.missing(), 0);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

}  // namespace
}  // namespace vigie
