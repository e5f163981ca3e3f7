#include <gmock/gmock.h>

#include "vigie/io/image_test_files.h"

namespace vigie {
namespace {

using namespace testing_io;
using testing::ElementsAre;
using testing::HasSubstr;

std::string raw(std::initializer_list<int> bytes) {
  return {bytes.begin(), bytes.end()};
}

const std::string kColours = raw({30, 20, 10, 0, 60, 50, 40, 0});  // (10 20 30), (40 50 60)
const std::string kGreys = raw({5, 5, 5, 0, 250, 250, 250, 0});

TEST(Bmp, TwentyFourBitsBottomUpAndTopDown) {
  const std::string rows = raw({3, 2, 1, 6, 5, 4, 0, 0, 9, 8, 7, 12, 11, 10, 0, 0});
  const ImageFile bottom_up(bmp_file({.width = 2, .height = 2, .rows = rows}));
  EXPECT_EQ(bottom_up.read().shape(), (Shape{2, 2, 3}));
  EXPECT_THAT(bytes_of(bottom_up.read()), ElementsAre(7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6));
  const ImageFile top_down(bmp_file({.width = 2, .height = -2, .rows = rows}));
  EXPECT_THAT(bytes_of(top_down.read()), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
  EXPECT_EQ(top_down.info().height, 2);
}

TEST(Bmp, PalettesOfOneFourAndEightBits) {
  const ImageFile one(bmp_file({.width = 3, .bits = 1, .after_header = kColours, .rows = raw({0b01000000, 0, 0, 0})}));
  EXPECT_THAT(bytes_of(one.read()), ElementsAre(10, 20, 30, 40, 50, 60, 10, 20, 30));
  const ImageFile four(
      bmp_file({.width = 3, .bits = 4, .colours = 2, .after_header = kColours, .rows = raw({0x10, 0x10, 0, 0})}));
  EXPECT_THAT(bytes_of(four.read()), ElementsAre(40, 50, 60, 10, 20, 30, 40, 50, 60));
  const ImageFile eight(
      bmp_file({.width = 1, .bits = 8, .colours = 2, .after_header = kColours, .rows = raw({1, 0, 0, 0})}));
  EXPECT_THAT(bytes_of(eight.read()), ElementsAre(40, 50, 60));
}

TEST(Bmp, APaletteOfGreysIsAGreyImage) {
  const ImageFile file(
      bmp_file({.width = 2, .bits = 8, .colours = 2, .after_header = kGreys, .rows = raw({1, 0, 0, 0})}));
  EXPECT_EQ(file.read().shape(), (Shape{1, 2, 1}));
  EXPECT_THAT(bytes_of(file.read()), ElementsAre(250, 5));
  EXPECT_EQ(file.info().channels, 1);
}

TEST(Bmp, ThirtyTwoAndSixteenBitsWithAndWithoutMasks) {
  const ImageFile plain(bmp_file({.bits = 32, .rows = raw({3, 2, 1, 99})}));
  EXPECT_THAT(bytes_of(plain.read()), ElementsAre(1, 2, 3));
  const std::string reversed = le(0x000000FFu) + le(0x0000FF00u) + le(0x00FF0000u);
  const ImageFile masked(
      bmp_file({.bits = 32, .compression = 3, .after_header = reversed, .rows = raw({1, 2, 3, 99})}));
  EXPECT_THAT(bytes_of(masked.read()), ElementsAre(1, 2, 3));
  const std::string ten_bits = le(0x3FF00000u) + le(0x000FFC00u) + le(0x000003FFu);
  const ImageFile deep(
      bmp_file({.bits = 32, .compression = 3, .after_header = ten_bits, .rows = le(0x3FF00000u | 512u << 10)}));
  EXPECT_THAT(bytes_of(deep.read()), ElementsAre(255, 128, 0));
  const ImageFile high(bmp_file({.bits = 16, .rows = le<std::uint16_t>(0x7C00 | 16 << 5) + raw({0, 0})}));
  EXPECT_THAT(bytes_of(high.read()), ElementsAre(255, 132, 0));
  const std::string rgb565 = le(0xF800u) + le(0x07E0u) + le(0x001Fu);
  const ImageFile green(bmp_file(
      {.bits = 16, .compression = 3, .after_header = rgb565, .rows = le<std::uint16_t>(0x07E0) + raw({0, 0})}));
  EXPECT_THAT(bytes_of(green.read()), ElementsAre(0, 255, 0));
}

TEST(Bmp, DamageIsRefused) {
  const std::string colour = bmp_file({.width = 2, .height = 2, .rows = std::string(16, 'x')});
  const std::string palette =
      bmp_file({.width = 3, .bits = 4, .colours = 2, .after_header = kColours, .rows = raw({0x10, 0x10, 0, 0})});
  for (const std::string& whole : {colour, palette}) {
    expect_truncations_refused(whole);
    expect_damage_survived(whole);
  }
  const ImageFile outside(bmp_file({.bits = 8, .colours = 2, .after_header = kColours, .rows = raw({2, 0, 0, 0})}));
  EXPECT_THAT(outside.refusal(), HasSubstr("outside the palette of 2"));
}

TEST(Bmp, HostileHeadersAreRefused) {
  constexpr std::int32_t kMost = 0x7FFFFFFF, kLeast = -kMost - 1;
  for (const std::int32_t height : {kMost, kLeast}) {
    EXPECT_THAT(ImageFile(bmp_file({.width = kMost, .height = height})).refusal(), HasSubstr("--max-pixels"));
  }
  EXPECT_THAT(ImageFile(bmp_file({.width = -5})).refusal(), HasSubstr("-5 x 1 pixels"));
  EXPECT_THAT(ImageFile(bmp_file({.width = 0})).refusal(), HasSubstr("0 x 1 pixels"));
  EXPECT_THAT(ImageFile(bmp_file({.bits = 7})).refusal(), HasSubstr("7 bits per pixel"));
  EXPECT_THAT(ImageFile(bmp_file({.bits = 8, .compression = 1})).refusal(), HasSubstr("compression 1"));
  EXPECT_THAT(ImageFile(bmp_file({.bits = 8, .colours = 257})).refusal(), HasSubstr("palette of 257"));
  const auto masks = [](std::uint32_t red) { return le(red) + le(0xFF00u) + le(0xFFu); };
  for (const std::uint32_t mask : {0u, 0x50000u}) {
    EXPECT_THAT(
        ImageFile(bmp_file({.bits = 32, .compression = 3, .after_header = masks(mask), .rows = raw({1, 2, 3, 4})}))
            .refusal(),
        HasSubstr("unusable colour mask"));
  }
}

}  // namespace
}  // namespace vigie
