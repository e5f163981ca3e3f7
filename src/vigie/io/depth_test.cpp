#include "vigie/io/depth.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "vigie/io/image_test_files.h"

namespace vigie {
namespace {

using namespace testing_io;
using testing::ElementsAre;
using testing::HasSubstr;

Tensor words(std::vector<std::uint16_t> values) {
  Tensor out({1, static_cast<std::int64_t>(values.size()), 1}, DType::U16);
  std::copy(values.begin(), values.end(), out.data<std::uint16_t>());
  return out;
}

TEST(Depth, IsTheFewestUsualBitsThatHoldTheLargestValue) {
  const auto bits = [](std::uint16_t largest) { return bits_from_values(depth_use_of(words({0, largest}))); };
  EXPECT_EQ(bits(0), 8);
  EXPECT_EQ(bits(255), 8);
  EXPECT_EQ(bits(256), 10);
  EXPECT_EQ(bits(1024), 12);
  EXPECT_EQ(bits(4095), 12);
  EXPECT_EQ(bits(4096), 14);
  EXPECT_EQ(bits(16384), 16);
}

TEST(Depth, OfATagIsWeighedAgainstTheValues) {
  const auto bits = [](std::vector<std::uint16_t> values, int tag) {
    return bits_from_tag(depth_use_of(words(std::move(values))), tag);
  };
  EXPECT_EQ(bits({4095, 17}, 12), 12);
  EXPECT_EQ(bits({65535, 17}, 12), 16);
  EXPECT_EQ(bits({160, 4081}, 12), 0) << "each could be 12 bits scaled up";
  EXPECT_EQ(bits({0}, 12), 0);
  EXPECT_EQ(bits({4095, 17}, 16), 16);
}

TEST(Depth, OfImagesMerges) {
  DepthUse use = depth_use_of(words({3, 700}));
  use.merge(depth_use_of(words({4000})));
  EXPECT_EQ(bits_from_values(use), 12);
}

TEST(Stretched, BringsWhiteToWhite) {
  EXPECT_THAT(words_of(stretched(words({0, 1, 2048, 4095}), 12, "part")), ElementsAre(0, 16, 32776, 65535));
  EXPECT_THAT(words_of(stretched(words({0, 7, 65535}), 16, "part")), ElementsAre(0, 7, 65535));
}

TEST(Stretched, ClipsAGlintAndRefusesADeeperImage) {
  std::vector<std::uint16_t> values(200, 100);
  values[7] = values[8] = 1500;
  EXPECT_EQ(words_of(stretched(words(values), 10, "part"))[7], 65535);
  values[9] = 40000;
  EXPECT_THAT(failure_of([&] { stretched(words(values), 10, "part.png"); }).message,
              HasSubstr("part.png: uses 16 bits (largest value 40000, 2 % of its samples above 1023) where 10 are"));
}

}  // namespace
}  // namespace vigie
