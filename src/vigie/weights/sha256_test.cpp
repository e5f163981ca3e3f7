#include "vigie/weights/sha256.h"

#include <gtest/gtest.h>

#include "vigie/backbones/test_folders.h"
#include "vigie/core/error.h"

namespace vigie {
namespace {

using test::write_text;

TEST(Sha256, MatchesThePublishedExamples) {
  const test::TemporaryFolder folder;
  write_text(folder / "abc", "abc");
  EXPECT_EQ(sha256_of(folder / "abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  write_text(folder / "empty", "");
  EXPECT_EQ(sha256_of(folder / "empty"), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  write_text(folder / "long", std::string(1000000, 'a'));
  EXPECT_EQ(sha256_of(folder / "long"), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_THROW(sha256_of(folder / "absent"), Error);
}

}  // namespace
}  // namespace vigie
