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

TEST(Tiff, APaletteOfBytesIsReadAsBytes) {
  const auto of = [](std::vector<std::uint32_t> map) {
    return ImageFile(TiffFile(2, 1, {1}, kPalette).with(320, std::move(map)).strip(raw({0b01000000})).bytes()).read();
  };
  EXPECT_THAT(bytes_of(of({0, 255, 10, 40, 20, 50})), ElementsAre(0, 10, 20, 255, 40, 50));
  EXPECT_THAT(bytes_of(of({0, 256, 0x0A00, 0, 0, 0})), ElementsAre(0, 10, 0, 1, 0, 0));
}

/// One file of two pages; `kind` is the second one's NewSubfileType.
std::string two_pages(std::uint32_t first_kind, std::uint32_t kind, std::uint32_t side = 2) {
  TiffFile first(2, 1, {8}, kBlackIsZero), second(side, 1, {8}, kBlackIsZero);
  return TiffFile::of_pages(
      {first.with(254, {first_kind}).strip(raw({7, 200})), second.with(254, {kind}).strip(std::string(side, '\x09'))});
}

TEST(Tiff, PagesThatWouldPassUnseenAreRefused) {
  constexpr std::uint32_t kPlain = 0, kPageOfMany = 2;
  EXPECT_THAT(ImageFile(two_pages(kPlain, kPlain)).refusal(), HasSubstr("TIFF of 2 pages, of which only the first"));
  EXPECT_THAT(ImageFile(two_pages(kPageOfMany, kPageOfMany)).refusal(), HasSubstr("TIFF of 2 pages"));
  EXPECT_THAT(ImageFile(two_pages(kPlain, kPlain, 1)).refusal(), HasSubstr("TIFF of 2 pages"));
  const ImageFile file(two_pages(kPlain, kPlain));
  EXPECT_THAT(failure_of([&] { file.info(); }).message, HasSubstr("TIFF of 2 pages"));
}

TEST(Tiff, PreviewsAndTransparencyMasksAreNoPages) {
  constexpr std::uint32_t kPlain = 0, kPreview = 1, kMask = 4;
  EXPECT_THAT(bytes_of(ImageFile(two_pages(kPlain, kPreview)).read()), ElementsAre(7, 200));
  EXPECT_THAT(bytes_of(ImageFile(two_pages(kPlain, kMask)).read()), ElementsAre(7, 200));
  const ImageFile preview_first(two_pages(kPreview, kPlain, 3));
  EXPECT_THAT(bytes_of(preview_first.read()), ElementsAre(9, 9, 9));
  EXPECT_EQ(preview_first.info().width, 3);
  EXPECT_THAT(bytes_of(ImageFile(TiffFile(1, 1, {8}, kBlackIsZero).with(254, {kPreview}).strip("a").bytes()).read()),
              ElementsAre('a'));
  EXPECT_THAT(ImageFile(two_pages(kPreview, kPreview)).refusal(), HasSubstr("all of them previews or masks"));
  const std::string whole = two_pages(kPlain, kPlain);
  EXPECT_THAT(ImageFile(whole.substr(0, whole.size() - 60)).refusal(), HasSubstr("TIFF"));
}

TEST(Tiff, PackedSamplesOfTenAndTwelveBitsFillTheRange) {
  const ImageFile twelve(TiffFile(3, 1, {12}, kBlackIsZero).strip(raw({0xFF, 0xF0, 0x00, 0x80, 0x00})).bytes());
  EXPECT_THAT(words_of(twelve.read()), ElementsAre(65535, 0, 32776));
  EXPECT_EQ(twelve.info().bits, 12);
  const ImageFile ten(TiffFile(2, 2, {10}, kWhiteIsZero).strip(raw({0xFF, 0xC0, 0x00, 0x00, 0x3F, 0xF0})).bytes());
  EXPECT_THAT(words_of(ten.read()), ElementsAre(0, 65535, 65535, 0));
  const ImageFile rgb(TiffFile(1, 1, {12, 12, 12}, kRgb).strip(raw({0xFF, 0xF8, 0x00, 0x00, 0x10})).bytes());
  EXPECT_THAT(words_of(rgb.read()), ElementsAre(65535, 32776, 16));
}

TEST(Tiff, TheLargestSampleOfTheFormatIsWhite) {
  const auto of = [](std::uint32_t largest, std::uint16_t sample, std::uint32_t photometric) {
    TiffFile file(2, 1, {16}, photometric);
    return words_of(ImageFile(file.with(281, {largest}).strip(le(sample) + le<std::uint16_t>(0)).bytes()).read());
  };
  EXPECT_THAT(of(4095, 4095, kBlackIsZero), ElementsAre(65535, 0));
  EXPECT_THAT(of(1023, 1023, kWhiteIsZero), ElementsAre(0, 65535));
  EXPECT_THAT(of(3127, 3127, kBlackIsZero), ElementsAre(3127, 0)) << "the largest of this picture says nothing";
  EXPECT_THAT(of(4095, 60000, kBlackIsZero), ElementsAre(60000, 0)) << "the tag is wrong";
}

TEST(Tiff, AChannelThatNoTagNamesIsSaid) {
  const auto info_with = [](std::vector<std::uint32_t> extra) {
    TiffFile file(1, 1, {8, 8, 8, 8}, kRgb);
    if (!extra.empty()) file.with(338, std::move(extra));
    return ImageFile(file.strip(raw({1, 2, 3, 4})).bytes()).info();
  };
  EXPECT_TRUE(info_with({0}).unnamed_channel);
  EXPECT_TRUE(info_with({}).unnamed_channel);
  EXPECT_FALSE(info_with({1}).unnamed_channel);
  EXPECT_FALSE(info_with({2}).unnamed_channel);
  const ImageFile two(TiffFile(1, 1, {8, 8}, kBlackIsZero).with(338, {0}).strip(raw({1, 2})).bytes());
  EXPECT_TRUE(read_stored_image(two.path()).unnamed_channel);
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
