#include "vigie/weights/fetch.h"

#include <gmock/gmock.h>

#include "vigie/backbones/test_folders.h"
#include "vigie/core/error.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

TEST(Fetch, WithoutNetworkSaysWhichFileToPutWhere) {
  const test::TemporaryFolder folder;
  const test::Variable cache("XDG_CACHE_HOME", (folder / "cache").string());
  const test::Variable no_curl("PATH", (folder / "empty").string());
  try {
    fetch_weights("resnet50", {});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Io);
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("https://download.pytorch.org/models/resnet50-0676ba61.pth"),
                      HasSubstr((folder / "cache/vigie/weights/resnet50-0676ba61.pth").string()), HasSubstr("curl")));
  }
}

}  // namespace
}  // namespace vigie
