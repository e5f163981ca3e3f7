#include "vigie/io/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "vigie/io/descriptor.h"
#include "vigie/io/io_test_support.h"

namespace vigie {
namespace {

using testing::HasSubstr;
using testing_io::failure_of;
using testing_io::ScratchFolder;
namespace fs = std::filesystem;

std::size_t entries_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

/// Files may not grow beyond `bytes` inside the scope; the write fails with EFBIG instead of ending the process.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limited{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limited);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_ = {};
};

/// Root may write anywhere; inside the scope this process is an ordinary user.
class OrdinaryUser {
 public:
  OrdinaryUser() : changed_(::geteuid() == 0 && ::seteuid(65534) == 0) {}
  ~OrdinaryUser() {
    if (changed_ && ::seteuid(0) != 0) std::abort();
  }

 private:
  bool changed_;
};

TEST(ReadFile, ReturnsEveryByte) {
  const ScratchFolder folder;
  std::string bytes(200'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7);
  write_file(folder / "a", bytes);
  EXPECT_EQ(read_file(folder / "a"), bytes);
  EXPECT_EQ(read_file_start(folder / "a", 10), bytes.substr(0, 10));
  EXPECT_EQ(read_file_start(folder / "a", 1 << 20), bytes);
  EXPECT_GT(read_file("/proc/self/status").size(), 0u);  // a file that states no size
}

TEST(ReadFile, SaysWhatIsWrongWithWhichPath) {
  const ScratchFolder folder;
  write_file(folder / "big", std::string(100, 'x'));
  EXPECT_EQ(failure_of([&] { read_file(folder / "none"); }).kind, ErrorKind::NotFound);
  EXPECT_THAT(failure_of([&] { read_file(folder / "none"); }).message, HasSubstr((folder / "none").string()));
  EXPECT_EQ(failure_of([&] { read_file(folder / "big", 99); }).kind, ErrorKind::BadFile);
  EXPECT_EQ(read_file(folder / "big", 100).size(), 100u);
  EXPECT_THAT(failure_of([&] { read_file(folder.path()); }).message, HasSubstr("a folder, not a file"));
}

TEST(ReadFile, AFileThatMayNotBeReadIsAnIoError) {
  const ScratchFolder folder;
  write_file(folder / "secret", "x");
  fs::permissions(folder.path(), fs::perms::all);
  fs::permissions(folder / "secret", fs::perms::none);
  const OrdinaryUser user;
  const auto failure = failure_of([&] { read_file(folder / "secret"); });
  EXPECT_EQ(failure.kind, ErrorKind::Io);
  EXPECT_THAT(failure.message, HasSubstr("Permission denied"));
}

TEST(AtomicFile, AppearsWholeOnCommitAndNotBefore) {
  const ScratchFolder folder;
  const fs::path path = folder / "sub/sub2/model.bin";
  AtomicFile file(path);
  file.write("half ");
  EXPECT_FALSE(fs::exists(path));
  file.write("whole");
  file.commit();
  EXPECT_EQ(read_file(path), "half whole");
  EXPECT_EQ(entries_in(path.parent_path()), 1u);
}

TEST(AtomicFile, LeavesNothingAndKeepsTheOldFileWithoutCommit) {
  const ScratchFolder folder;
  write_file(folder / "model", "old");
  {
    AtomicFile file(folder / "model");
    file.write("new");
    EXPECT_EQ(entries_in(folder.path()), 2u);
    for (const auto& entry : fs::directory_iterator(folder.path())) {
      const std::string name = entry.path().filename().string();
      EXPECT_THAT(name, testing::AnyOf("model", testing::MatchesRegex("\\.model\\.tmp-[0-9a-f]+")));
    }
  }
  EXPECT_EQ(entries_in(folder.path()), 1u);
  EXPECT_EQ(read_file(folder / "model"), "old");
}

TEST(AtomicFile, HasThePermissionsOfAnOrdinaryNewFile) {
  const ScratchFolder folder;
  const mode_t before = ::umask(027);
  write_file(folder / "a", "x");
  ::umask(before);
  struct stat status = {};
  ASSERT_EQ(::stat((folder / "a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0640u);
}

TEST(AtomicFile, RefusesANameTooLongBeforeTheWork) {
  const ScratchFolder folder;
  const fs::path path = folder / std::string(256, 'x');
  EXPECT_EQ(failure_of([&] { check_writable(path); }).kind, ErrorKind::Io);
  EXPECT_EQ(entries_in(folder.path()), 0u);
}

TEST(AtomicFile, WritesTheFileThatALinkPointsToBeforeItExists) {
  const ScratchFolder folder;
  fs::create_symlink("target", folder / "link");
  write_file(folder / "link", "new");
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(read_file(folder / "target"), "new");
}

TEST(AtomicFile, NeverTakesThePlaceOfADeviceOrPipe) {
  const ScratchFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const Descriptor reader(::open((folder / "pipe").c_str(), O_RDONLY | O_NONBLOCK));
  check_writable(folder / "pipe");
  write_file(folder / "pipe", "through");
  char got[16] = {};
  EXPECT_EQ(::read(reader.number(), got, sizeof got), 7);
  EXPECT_TRUE(fs::is_fifo(folder / "pipe"));
  write_file("/dev/null", "x");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(AtomicFile, WritesThroughASymbolicLink) {
  const ScratchFolder folder;
  write_file(folder / "target", "old");
  fs::create_symlink("target", folder / "link");
  write_file(folder / "link", "new");
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(read_file(folder / "target"), "new");
}

TEST(AtomicFile, ADiskThatTakesNoMoreIsAnIoErrorThatLeavesNothing) {
  const ScratchFolder folder;
  write_file(folder / "model", "old");
  testing_io::Failure failure;
  {
    const FileSizeLimit limit(4096);
    failure = failure_of([&] { write_file(folder / "model", std::string(10'000, 'x')); });
  }
  EXPECT_EQ(failure.kind, ErrorKind::Io);
  EXPECT_THAT(failure.message, HasSubstr((folder / "model").string() + ": cannot write: File too large"));
  EXPECT_EQ(entries_in(folder.path()), 1u);
  EXPECT_EQ(read_file(folder / "model"), "old");
}

TEST(AtomicFile, AFolderThatMayNotBeWrittenIsAnIoErrorWithTheReason) {
  const ScratchFolder folder;
  fs::permissions(folder.path(),
                  fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read | fs::perms::others_exec);
  testing_io::Failure existing, missing;
  {
    const OrdinaryUser user;
    existing = failure_of([&] { AtomicFile file(folder / "a"); });
    missing = failure_of([&] { AtomicFile file(folder / "new/a"); });
  }
  fs::permissions(folder.path(), fs::perms::owner_all);
  EXPECT_EQ(existing.kind, ErrorKind::Io);
  EXPECT_THAT(existing.message, HasSubstr((folder / "a").string() + ": cannot write: Permission denied"));
  EXPECT_EQ(missing.kind, ErrorKind::Io);
  EXPECT_THAT(missing.message, HasSubstr("cannot create the folder: Permission denied"));
}

TEST(AtomicFile, RefusesAFolderAsTarget) {
  const ScratchFolder folder;
  EXPECT_EQ(failure_of([&] { write_file(folder.path(), "x"); }).kind, ErrorKind::Io);
  EXPECT_EQ(failure_of([&] { write_file("", "x"); }).kind, ErrorKind::InvalidArgument);
}

TEST(StaleTemporaries, OnlyOldFilesOfAtomicFileAreRemoved) {
  const ScratchFolder folder;
  const char* names[] = {".model.tmp-0123abcd", ".fresh.tmp-0123abcd", "model.tmp-0123abcd", ".model.tmp-0123abXX",
                         ".model"};
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(2);
  for (const char* name : names) {
    write_file(folder / name, "x");
    if (std::string(name).find("fresh") == std::string::npos) fs::last_write_time(folder / name, long_ago);
  }
  remove_stale_temporaries(folder.path());
  remove_stale_temporaries(folder / "no such folder");
  EXPECT_FALSE(fs::exists(folder / names[0]));
  for (const char* kept : {names[1], names[2], names[3], names[4]}) EXPECT_TRUE(fs::exists(folder / kept)) << kept;
}

}  // namespace
}  // namespace vigie
