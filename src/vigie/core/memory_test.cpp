#include "vigie/core/memory.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "vigie/core/error.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;

/// A file system with just the files that tell of memory.
class Memory : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / fmt::format("vigie_memory_test_{}", getpid());
    fs::remove_all(root_);
  }
  void TearDown() override { fs::remove_all(root_); }
  void write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  fs::path root_;
};

TEST_F(Memory, IsUnknownWhereTheSystemDoesNotTell) {
  EXPECT_EQ(available_memory(root_), std::nullopt);
}

TEST_F(Memory, IsWhatTheSystemHasWithoutGroups) {
  write("proc/meminfo", "MemTotal:  5000 kB\nMemFree:  10 kB\nMemAvailable:   3000 kB\n");
  EXPECT_EQ(available_memory(root_), 3000 * 1024);
}

TEST_F(Memory, IsWhatTheTightestGroupLeaves) {
  write("proc/meminfo", "MemAvailable:   3000000 kB\n");
  write("proc/self/cgroup", "0::/outer/inner\n");
  write("sys/fs/cgroup/outer/inner/memory.max", "max\n");
  write("sys/fs/cgroup/outer/inner/memory.current", "700\n");
  EXPECT_EQ(available_memory(root_), 3000000LL * 1024);
  write("sys/fs/cgroup/outer/memory.max", "5000\n");
  write("sys/fs/cgroup/outer/memory.current", "4000\n");
  write("sys/fs/cgroup/outer/memory.stat", "anon 1\ninactive_file 300\nactive_file 9\n");
  EXPECT_EQ(available_memory(root_), 1300);
}

TEST_F(Memory, KnowsTheFirstVersionOfGroupsToo) {
  write("proc/self/cgroup", "9:cpu:/a\n4:memory:/a\n0::/\n");
  write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "900\n");
  write("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "1000\n");
  EXPECT_EQ(available_memory(root_), 0);
}

TEST_F(Memory, OfThisMachineIsMoreThanNothing) {
  const auto bytes = available_memory();
  if (!bytes) GTEST_SKIP() << "this system does not tell";
  EXPECT_GT(*bytes, 1 << 20);
}

TEST_F(Memory, TooLittleIsRefusedWithSizesAndRemedy) {
  const AssumedMemory little(1'500'000);
  EXPECT_NO_THROW(check_memory("here", "this", 1'500'000, "do less"));
  try {
    check_memory("here", "this", 2'000'000'000, "do less");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::InvalidArgument);
    EXPECT_STREQ(error.what(), "[here] this would take 2.0 GB of memory, but 1.5 MB are available; do less");
  }
}

}  // namespace
}  // namespace vigie
