#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "vigie/io/image_test_files.h"

namespace vigie {
namespace {

using namespace testing_io;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int kWhiteIsZero = 0, kBlackIsZero = 1, kRgb = 2, kPalette = 3, kCmyk = 5;

std::string raw(std::initializer_list<int> bytes) {
  return {bytes.begin(), bytes.end()};
}
std::string reals(std::initializer_list<float> values) {
  std::string out;
  for (const float value : values) out += le(value);
  return out;
}

TEST(Tiff, GreyAndRgbOfEightAndSixteenBits) {
  const ImageFile grey(TiffFile(2, 1, {8}, kBlackIsZero).strip(raw({7, 200})).bytes());
  EXPECT_EQ(grey.read().shape(), (Shape{1, 2, 1}));
  EXPECT_THAT(bytes_of(grey.read()), ElementsAre(7, 200));
  const ImageFile rgb(TiffFile(1, 2, {8, 8, 8}, kRgb).strip(raw({1, 2, 3, 4, 5, 6})).bytes());
  EXPECT_EQ(rgb.read().shape(), (Shape{2, 1, 3}));
  EXPECT_THAT(bytes_of(rgb.read()), ElementsAre(1, 2, 3, 4, 5, 6));
  TiffFile deep(1, 1, {16, 16, 16}, kRgb);
  deep.big_endian = true;
  deep.strip(be<std::uint16_t>(1) + be<std::uint16_t>(0x1234) + be<std::uint16_t>(65535));
  EXPECT_THAT(words_of(ImageFile(deep.bytes()).read()), ElementsAre(1, 0x1234, 65535));
  EXPECT_EQ(ImageFile(deep.bytes()).info().bits, 16);
}

TEST(Tiff, AlphaIsDropped) {
  const ImageFile rgba(TiffFile(2, 1, {8, 8, 8, 8}, kRgb).with(338, {2}).strip(raw({1, 2, 3, 0, 4, 5, 6, 9})).bytes());
  EXPECT_THAT(bytes_of(rgba.read()), ElementsAre(1, 2, 3, 4, 5, 6));
  const ImageFile grey(TiffFile(2, 1, {8, 8}, kBlackIsZero).with(338, {2}).strip(raw({1, 0, 2, 0})).bytes());
  EXPECT_THAT(bytes_of(grey.read()), ElementsAre(1, 2));
}

TEST(Tiff, SeveralStripsAndSeparatePlanes) {
  const ImageFile strips(TiffFile(1, 3, {8}, kBlackIsZero).with(278, {2}).strip(raw({1, 2})).strip(raw({3})).bytes());
  EXPECT_THAT(bytes_of(strips.read()), ElementsAre(1, 2, 3));
  TiffFile planes(2, 1, {8, 8, 8}, kRgb);
  planes.with(284, {2}).strip(raw({1, 4})).strip(raw({2, 5})).strip(raw({3, 6}));
  EXPECT_THAT(bytes_of(ImageFile(planes.bytes()).read()), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Tiff, TilesAreCutAtTheBorder) {
  TiffFile file(20, 18, {8}, kBlackIsZero);
  file.tiles_of(16, 16);
  for (int tile = 0; tile < 4; ++tile) {
    std::string bytes;
    for (int y = 0; y < 16; ++y) {
      for (int x = 0; x < 16; ++x) bytes += static_cast<char>((tile % 2 * 16 + x) * 7 + (tile / 2 * 16 + y) * 3);
    }
    file.strip(bytes);
  }
  const Tensor image = ImageFile(file.bytes()).read();
  ASSERT_EQ(image.shape(), (Shape{18, 20, 1}));
  for (int y = 0; y < 18; ++y) {
    for (int x = 0; x < 20; ++x)
      ASSERT_EQ(image.data<std::uint8_t>()[y * 20 + x], (x * 7 + y * 3) % 256) << x << ' ' << y;
  }
}

TEST(Tiff, WhiteIsZeroPackedBitsAndPalettes) {
  EXPECT_THAT(bytes_of(ImageFile(TiffFile(2, 1, {8}, kWhiteIsZero).strip(raw({0, 200})).bytes()).read()),
              ElementsAre(255, 55));
  EXPECT_THAT(bytes_of(ImageFile(TiffFile(3, 1, {1}, kWhiteIsZero).strip(raw({0b01000000})).bytes()).read()),
              ElementsAre(255, 0, 255));
  EXPECT_THAT(bytes_of(ImageFile(TiffFile(3, 1, {4}, kBlackIsZero).strip(raw({0x0F, 0x10})).bytes()).read()),
              ElementsAre(0, 255, 17));
  const ImageFile palette(TiffFile(2, 1, {1}, kPalette)
                              .with(320, {0x0A00, 0x2800, 0x1400, 0x3200, 0x1E00, 0x3C00})
                              .strip(raw({0b01000000}))
                              .bytes());
  EXPECT_THAT(bytes_of(palette.read()), ElementsAre(10, 20, 30, 40, 50, 60));
  EXPECT_EQ(palette.info().channels, 3);
}

TEST(Tiff, RealsWithinZeroAndOneBecomeSixteenBits) {
  const ImageFile grey(TiffFile(3, 1, {32}, kBlackIsZero).with(339, {3}).strip(reals({0, 0.5f, 1})).bytes());
  EXPECT_THAT(words_of(grey.read()), ElementsAre(0, 32768, 65535));
  EXPECT_EQ(grey.info().bits, 32);
  const ImageFile rgb(TiffFile(1, 1, {32, 32, 32}, kRgb).with(339, {3, 3, 3}).strip(reals({1, 0, 1})).bytes());
  EXPECT_THAT(words_of(rgb.read()), ElementsAre(65535, 0, 65535));
}

TEST(Tiff, OtherRealsAreRefusedWithTheirFirstPixel) {
  const auto refusal = [](float bad) {
    return ImageFile(TiffFile(3, 2, {32}, kBlackIsZero).with(339, {3}).strip(reals({0, 1, 0, 0, bad, bad})).bytes())
        .refusal();
  };
  EXPECT_THAT(refusal(std::numeric_limits<float>::quiet_NaN()), HasSubstr("pixel (1, 1) holds nan"));
  EXPECT_THAT(refusal(std::numeric_limits<float>::infinity()), HasSubstr("pixel (1, 1) holds inf"));
  EXPECT_THAT(refusal(1.5f), HasSubstr("pixel (1, 1) holds 1.5; a 32-bit float TIFF must lie within 0 and 1"));
  EXPECT_THAT(refusal(-0.5f), HasSubstr("holds -0.5"));
}

TEST(Tiff, OrientationIsApplied) {
  const ImageFile file(TiffFile(3, 2, {8}, kBlackIsZero).with(274, {6}).strip(raw({1, 2, 3, 4, 5, 6})).bytes());
  EXPECT_THAT(bytes_of(file.read()), ElementsAre(4, 1, 5, 2, 6, 3));
  EXPECT_EQ(file.info().width, 2);
  EXPECT_EQ(file.info().height, 3);
}

TEST(Tiff, CompressedStripsAreRead) {
  const std::string rows = raw({1, 2, 3, 4, 5, 6});
  const ImageFile file(TiffFile(3, 2, {8}, kBlackIsZero).with(259, {8}).strip(deflated(rows)).bytes());
  EXPECT_THAT(bytes_of(file.read()), ElementsAre(1, 2, 3, 4, 5, 6));
  const ImageFile cut(TiffFile(3, 2, {8}, kBlackIsZero).with(259, {8}).strip(deflated(rows.substr(0, 4))).bytes());
  EXPECT_THAT(cut.refusal(), HasSubstr("truncated or corrupt TIFF"));
}

TEST(Tiff, WhatCannotBeUsedIsRefusedByName) {
  EXPECT_THAT(ImageFile(TiffFile(1, 1, {8, 8, 8, 8}, kCmyk).strip(raw({1, 2, 3, 4})).bytes()).refusal(),
              HasSubstr("CMYK"));
  EXPECT_THAT(ImageFile(TiffFile(1, 1, {32}, kBlackIsZero).strip(le(1u)).bytes()).refusal(),
              HasSubstr("32 bits of sample format 1"));
  EXPECT_THAT(ImageFile(TiffFile(1, 1, {16}, kBlackIsZero).with(339, {2}).strip(raw({1, 2})).bytes()).refusal(),
              HasSubstr("sample format 2"));
  EXPECT_THAT(ImageFile(TiffFile(1, 1, {8, 8, 8, 8, 8}, kRgb).strip(raw({1, 2, 3, 4, 5})).bytes()).refusal(),
              HasSubstr("5 samples"));
  EXPECT_THAT(ImageFile(TiffFile(1, 1, {8}, 32845).strip(raw({1})).bytes()).refusal(),
              HasSubstr("photometric type 32845"));
}

TEST(Tiff, DamageIsRefused) {
  const TiffFile strips =
      TiffFile(5, 4, {8, 8, 8}, kRgb).with(278, {2}).strip(std::string(30, 'a')).strip(std::string(30, 'b'));
  TiffFile tiles(5, 4, {16}, kBlackIsZero);
  tiles.tiles_of(16, 16).strip(std::string(512, 'a'));
  const TiffFile packed = TiffFile(5, 4, {8}, kBlackIsZero).with(259, {8}).strip(deflated(std::string(20, 'a')));
  const TiffFile palette = TiffFile(2, 1, {1}, kPalette).with(320, {1, 2, 3, 4, 5, 6}).strip(raw({0b01000000}));
  for (const TiffFile& file : {strips, tiles, packed, palette}) {
    // A file that lacks only the offset of a next page is whole, as far as its image goes.
    const std::string whole = file.bytes();
    expect_truncations_refused(whole.ends_with(std::string(4, '\0')) ? whole.substr(0, whole.size() - 4) : whole);
    expect_damage_survived(file.bytes());
  }
  // The directory is whole but says that the pixels lie behind the end of the file.
  EXPECT_THAT(ImageFile(TiffFile(100, 100, {8}, kBlackIsZero).strip(std::string(50, 'a')).bytes()).refusal(),
              HasSubstr("truncated or corrupt TIFF"));
}

TEST(Tiff, HostileSizesAreRefusedBeforeAnyMemoryIsTaken) {
  EXPECT_THAT(
      ImageFile(TiffFile(0xFFFFFFFFu, 0x7FFFFFFFu, {8}, kBlackIsZero).with(278, {0x7FFFFFFFu}).strip("x").bytes())
          .refusal(),
      HasSubstr("4294967295 x 2147483647 pixels, more than the 1000000 allowed; raise --max-pixels"));
  TiffFile tiles(1, 1, {8}, kBlackIsZero);
  EXPECT_THAT(ImageFile(tiles.tiles_of(1u << 20, 1u << 20).strip("x").bytes()).refusal(),
              HasSubstr("1048576 x 1048576 pixels"));
}

}  // namespace
}  // namespace vigie
