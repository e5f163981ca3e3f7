#include <gmock/gmock.h>

#include "vigie/io/image_test_files.h"

namespace vigie {
namespace {

using namespace testing_io;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int kGrey = 0, kRgb = 2, kPalette = 3, kGreyAlpha = 4, kRgba = 6;

std::string raw(std::initializer_list<int> bytes) {
  return {bytes.begin(), bytes.end()};
}

TEST(Png, GreyRgbAndSixteenBitsAreReadAsStored) {
  const ImageFile grey(png_file(2, 1, 8, kGrey, raw({0, 7, 200})));
  EXPECT_EQ(grey.read().shape(), (Shape{1, 2, 1}));
  EXPECT_THAT(bytes_of(grey.read()), ElementsAre(7, 200));
  const ImageFile rgb(png_file(1, 2, 8, kRgb, raw({0, 1, 2, 3, 0, 4, 5, 6})));
  EXPECT_EQ(rgb.read().shape(), (Shape{2, 1, 3}));
  EXPECT_THAT(bytes_of(rgb.read()), ElementsAre(1, 2, 3, 4, 5, 6));
  const ImageFile deep(png_file(2, 1, 16, kGrey, raw({0, 0x12, 0x34, 0xFF, 0xFE})));
  EXPECT_THAT(words_of(deep.read()), ElementsAre(0x1234, 0xFFFE));
  EXPECT_EQ(deep.info().bits, 16);
}

TEST(Png, AlphaIsDropped) {
  EXPECT_THAT(bytes_of(ImageFile(png_file(2, 1, 8, kGreyAlpha, raw({0, 9, 0, 8, 255}))).read()), ElementsAre(9, 8));
  EXPECT_THAT(bytes_of(ImageFile(png_file(1, 1, 8, kRgba, raw({0, 1, 2, 3, 0}))).read()), ElementsAre(1, 2, 3));
  EXPECT_THAT(words_of(ImageFile(png_file(1, 1, 16, kRgba, raw({0, 0, 1, 0, 2, 0, 3, 0, 0}))).read()),
              ElementsAre(1, 2, 3));
  const ImageFile keyed(png_file(2, 1, 8, kGrey, raw({0, 9, 8}), png_chunk("tRNS", raw({0, 9}))));
  EXPECT_THAT(bytes_of(keyed.read()), ElementsAre(9, 8));
}

TEST(Png, PalettesAndPackedGreyAreExpanded) {
  const std::string palette = png_chunk("PLTE", raw({10, 20, 30, 40, 50, 60}));
  const ImageFile plain(png_file(3, 1, 1, kPalette, raw({0, 0b01000000}), palette));
  EXPECT_THAT(bytes_of(plain.read()), ElementsAre(10, 20, 30, 40, 50, 60, 10, 20, 30));
  const ImageFile keyed(png_file(3, 1, 1, kPalette, raw({0, 0b01000000}), palette + png_chunk("tRNS", raw({0}))));
  EXPECT_THAT(bytes_of(keyed.read()), ElementsAre(10, 20, 30, 40, 50, 60, 10, 20, 30));
  EXPECT_EQ(keyed.info().channels, 3);
  const ImageFile bilevel(png_file(3, 1, 1, kGrey, raw({0, 0b01100000})));
  EXPECT_THAT(bytes_of(bilevel.read()), ElementsAre(0, 255, 255));
  EXPECT_EQ(bilevel.info().bits, 8);
}

/// Two grey samples with an sBIT chunk of `significant` bits.
std::string with_sbit(int significant, std::uint16_t a, std::uint16_t b) {
  return png_file(2, 1, 16, kGrey, std::string(1, '\0') + be(a) + be(b), png_chunk("sBIT", raw({significant})));
}

TEST(Png, SignificantBitsStretchSamplesThatWereLeftLow) {
  EXPECT_THAT(words_of(ImageFile(with_sbit(12, 4095, 7)).read()), ElementsAre(65535, 112));
  EXPECT_THAT(words_of(ImageFile(with_sbit(10, 1023, 2)).read()), ElementsAre(65535, 128));
}

TEST(Png, SignificantBitsLeaveSamplesThatFillTheRange) {
  EXPECT_THAT(words_of(ImageFile(with_sbit(12, 65535, 7 * 16)).read()), ElementsAre(65535, 112));
  EXPECT_THAT(words_of(ImageFile(with_sbit(12, 9 * 16, 7 * 16)).read()), ElementsAre(144, 112)) << "dark and scaled";
  EXPECT_THAT(words_of(ImageFile(with_sbit(16, 4095, 7)).read()), ElementsAre(4095, 7));
  EXPECT_EQ(read_stored_image(ImageFile(with_sbit(12, 9 * 16, 7 * 16)).path()).stated_bits, 0);
}

TEST(Png, BitsGivenByTheCallerDecide) {
  const ImageFile tagged(with_sbit(12, 1000, 3)), plain(png_file(2, 1, 16, kGrey, raw({0, 0x0F, 0xFF, 0, 1})));
  const auto read = [](const ImageFile& file, int bits, int where_unsaid) {
    return words_of(read_image(file.path(), {1000, bits, where_unsaid}));
  };
  EXPECT_THAT(read(tagged, 10, 0), ElementsAre(64062, 192));
  EXPECT_THAT(read(tagged, 0, 10), ElementsAre(16004, 48));
  EXPECT_THAT(read(plain, 0, 0), ElementsAre(4095, 1));
  EXPECT_THAT(read(plain, 0, 12), ElementsAre(65535, 16));
  EXPECT_THAT(read(plain, 16, 12), ElementsAre(4095, 1));
  EXPECT_THAT(failure_of([&] { read(plain, 10, 0); }).message,
              HasSubstr("uses 12 bits (largest value 4095, 50 % of its samples above 1023) where 10 are expected"));
}

TEST(Png, FramesThatWouldPassUnseenAreRefused) {
  const std::string rows = raw({0, 7, 200});
  const auto frames = [](std::uint32_t count) { return png_chunk("acTL", be(count) + be(0u)); };
  EXPECT_THAT(ImageFile(png_file(2, 1, 8, kGrey, rows, frames(3))).refusal(), HasSubstr("animated PNG of 3 frames"));
  EXPECT_THAT(bytes_of(ImageFile(png_file(2, 1, 8, kGrey, rows, frames(1))).read()), ElementsAre(7, 200));
}

TEST(Png, InterlacedRowsAreSorted) {
  // Adam7 of 2 x 2: first (0, 0), then (1, 0), then the second row.
  const ImageFile file(png_file(2, 2, 8, kGrey, raw({0, 1, 0, 2, 0, 3, 4}), "", true));
  EXPECT_THAT(bytes_of(file.read()), ElementsAre(1, 2, 3, 4));
}

TEST(Png, OrientationIsApplied) {
  const std::vector<std::vector<int>> upright = {{1, 2, 3, 4, 5, 6}, {3, 2, 1, 6, 5, 4}, {6, 5, 4, 3, 2, 1},
                                                 {4, 5, 6, 1, 2, 3}, {1, 4, 2, 5, 3, 6}, {4, 1, 5, 2, 6, 3},
                                                 {6, 3, 5, 2, 4, 1}, {3, 6, 2, 5, 1, 4}};
  for (std::uint16_t orientation = 1; orientation <= 8; ++orientation) {
    for (const bool big_endian : {false, true}) {
      const ImageFile file(png_file(3, 2, 8, kGrey, raw({0, 1, 2, 3, 0, 4, 5, 6}),
                                    png_chunk("eXIf", exif_block(orientation, big_endian))));
      EXPECT_EQ(bytes_of(file.read()), upright[orientation - 1u]) << orientation;
      EXPECT_EQ(file.read().dim(0), orientation < 5 ? 2 : 3);
      EXPECT_EQ(file.info().height, orientation < 5 ? 2 : 3);
      EXPECT_EQ(file.info().width, orientation < 5 ? 3 : 2);
    }
  }
  for (const std::string& broken : {exif_block(9, false), exif_block(0, true), std::string("MM"),
                                    exif_block(6, false).substr(0, 12), std::string("II\x2a\0\xff\xff\xff\xff", 8)}) {
    const ImageFile file(png_file(2, 1, 8, kGrey, raw({0, 7, 8}), png_chunk("eXIf", broken)));
    EXPECT_THAT(bytes_of(file.read()), ElementsAre(7, 8));
  }
}

TEST(Png, DamageIsRefused) {
  const std::string whole = png_file(3, 2, 8, kGrey, raw({0, 1, 2, 3, 0, 4, 5, 6}));
  expect_truncations_refused(whole);
  expect_damage_survived(whole);
  expect_damage_survived(png_file(3, 1, 1, kPalette, raw({0, 0b01000000}), png_chunk("PLTE", raw({1, 2, 3}))));
  EXPECT_THAT(ImageFile(png_file(3, 2, 8, kGrey, raw({0, 1, 2, 3}))).refusal(), HasSubstr("truncated or corrupt PNG"));
  std::string flipped = whole;
  flipped[whole.find("IDAT") + 8] ^= 1;
  EXPECT_THAT(ImageFile(flipped).refusal(), HasSubstr("truncated or corrupt PNG"));
}

TEST(Png, HostileSizesAreRefusedBeforeAnyMemoryIsTaken) {
  const ImageFile file(png_file(0x7FFFFFFF, 0x7FFFFFFF, 16, kRgba, raw({0})));
  EXPECT_THAT(file.refusal(),
              HasSubstr("2147483647 x 2147483647 pixels, more than the 1000000 allowed; raise --max-pixels"));
  EXPECT_EQ(file.info().width, 0x7FFFFFFF);
  ImageFile(png_file(0, 1, 8, kGrey, raw({0}))).refusal();
}

}  // namespace
}  // namespace vigie
