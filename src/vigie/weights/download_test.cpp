#include "vigie/weights/download.h"

#include <gmock/gmock.h>

#include "vigie/backbones/test_folders.h"
#include "vigie/core/error.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kUrl = "https://example.org/abc.pth";
constexpr const char* kDigestOfAbc = "ba7816bf";  // SHA-256 of "abc"

/// A program called curl, first in PATH, that behaves as `script` says; "$out" is where the download should go.
class Download : public testing::Test {
 protected:
  void curl_does(const std::string& script) {
    const fs::path program = folder_ / "bin/curl";
    test::write_text(
        program, "#!/bin/sh\nwhile [ $# -gt 0 ]; do case $1 in --output) out=$2;; esac; shift; done\n" + script + "\n");
    fs::permissions(program, fs::perms::owner_all);
  }
  Error error_of(const RunContext& context = {}) {
    try {
      download_verified(kUrl, kDigestOfAbc, target(), context);
    } catch (const Error& error) {
      return error;
    }
    return Error(ErrorKind::Internal, "test", "nothing was thrown");
  }
  fs::path target() const { return folder_ / "new/abc.pth"; }
  bool left_nothing() const { return fs::is_empty(target().parent_path()); }

  test::TemporaryFolder folder_;
  test::Variable path_{"PATH", (folder_ / "bin").string() + ":/usr/bin:/bin"};
};

TEST_F(Download, PutsAVerifiedFileInPlace) {
  curl_does("printf abc > \"$out\"");
  download_verified(kUrl, kDigestOfAbc, target(), {});
  EXPECT_EQ(fs::file_size(target()), 3U);
  EXPECT_EQ(std::distance(fs::directory_iterator(target().parent_path()), fs::directory_iterator()), 1);
}

TEST_F(Download, AWrongDigestIsThrownAway) {
  curl_does("printf abd > \"$out\"");
  const Error error = error_of();
  EXPECT_EQ(error.kind(), ErrorKind::BadFile);
  EXPECT_THAT(error.what(), AllOf(HasSubstr(kUrl), HasSubstr(kDigestOfAbc)));
  EXPECT_TRUE(left_nothing());
}

TEST_F(Download, AFailureSaysWhatToPutWhereByHand) {
  curl_does("printf ab > \"$out\"; exit 6");
  const Error error = error_of();
  EXPECT_EQ(error.kind(), ErrorKind::Io);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("network"), HasSubstr(kUrl), HasSubstr(target().string())));
  EXPECT_TRUE(left_nothing());
}

TEST_F(Download, StopsWhenAsked) {
  curl_does("printf a > \"$out\"; exec sleep 60");
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(error_of({source.get_token(), {}}).kind(), ErrorKind::Cancelled);
  EXPECT_TRUE(left_nothing());
}

TEST_F(Download, AsksForHttpsOnly) {
  curl_does("true");
  const fs::path program = folder_ / "bin/curl";
  test::write_text(program, "#!/bin/sh\nprintf '%s ' \"$@\" > '" + (folder_ / "words").string() + "'; exit 7\n");
  EXPECT_EQ(error_of().kind(), ErrorKind::Io);
  std::ifstream file(folder_ / "words");
  const std::string words{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(words, AllOf(HasSubstr("--fail"), HasSubstr("--location"), HasSubstr("--proto =https"),
                           HasSubstr("--proto-redir =https"), HasSubstr(kUrl)));
}

}  // namespace
}  // namespace vigie
