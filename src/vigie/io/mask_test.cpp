#include "vigie/io/mask.h"

#include <gmock/gmock.h>

#include "vigie/io/file.h"
#include "vigie/io/image_test_files.h"

namespace vigie {
namespace {

using namespace testing_io;
using testing::ElementsAre;
using Carrier = MaskReading::Carrier;

constexpr int kGrey = 0, kRgb = 2, kPalette = 3, kGreyAlpha = 4, kRgba = 6;

std::string raw(std::initializer_list<int> bytes) {
  return {bytes.begin(), bytes.end()};
}

/// The mask in these bytes beside a picture in those.
class MaskFile {
 public:
  explicit MaskFile(const std::string& mask, const std::string& picture = png_file(1, 1, 8, kGrey, raw({0, 0}))) {
    write_file(folder_ / "mask", mask);
    write_file(folder_ / "picture", picture);
  }
  MaskReading read() const { return read_mask_of(folder_ / "mask", folder_ / "picture"); }
  std::vector<int> pixels() const { return bytes_of(read().mask); }

 private:
  ScratchFolder folder_;
};

TEST(Mask, AnyValueAboveZeroMarks) {
  for (const int value : {1, 3, 128, 255})
    EXPECT_THAT(MaskFile(png_file(3, 1, 8, kGrey, raw({0, 0, value, 0}))).pixels(), ElementsAre(0, 1, 0)) << value;
  EXPECT_THAT(MaskFile(png_file(3, 1, 8, kGrey, raw({0, 1, 2, 255}))).pixels(), ElementsAre(1, 1, 1)) << "classes";
  EXPECT_THAT(MaskFile(png_file(2, 1, 8, kRgb, raw({0, 0, 0, 9, 0, 0, 0}))).pixels(), ElementsAre(1, 0));
  EXPECT_THAT(MaskFile(png_file(2, 1, 16, kGrey, raw({0, 0, 1, 0, 0}))).pixels(), ElementsAre(1, 0));
}

TEST(Mask, OfAPaletteIsReadByIndex) {
  const std::string rows = raw({0, 0b01000000});
  const MaskFile white_first(png_file(3, 1, 1, kPalette, rows, png_chunk("PLTE", raw({255, 255, 255, 0, 0, 0}))));
  EXPECT_THAT(white_first.pixels(), ElementsAre(0, 1, 0));
  EXPECT_EQ(white_first.read().carrier, Carrier::Palette);
  const MaskFile black_first(png_file(3, 1, 1, kPalette, rows, png_chunk("PLTE", raw({0, 0, 0, 255, 0, 0}))));
  EXPECT_THAT(black_first.pixels(), ElementsAre(0, 1, 0));
  EXPECT_EQ(black_first.read().carrier, Carrier::Value);
  const MaskFile tiff(
      TiffFile(3, 1, {1}, 3).with(320, {65535, 0, 65535, 0, 65535, 0}).strip(raw({0b01000000})).bytes());
  EXPECT_THAT(tiff.pixels(), ElementsAre(0, 1, 0));
  EXPECT_EQ(tiff.read().carrier, Carrier::Palette);
  const std::string colours = raw({255, 255, 255, 0, 0, 0, 0, 0});
  const MaskFile bmp(bmp_file({3, 1, 1, 0, 2, colours, raw({0b01000000, 0, 0, 0})}));
  EXPECT_THAT(bmp.pixels(), ElementsAre(0, 1, 0));
  EXPECT_EQ(bmp.read().carrier, Carrier::Palette);
}

TEST(Mask, OfAPaletteInAnyOrderHasTheLargerBackground) {
  const std::string white_black = png_chunk("PLTE", raw({255, 255, 255, 0, 0, 0}));
  const MaskFile reduced(png_file(3, 1, 1, kPalette, raw({0, 0b10100000}), white_black));
  EXPECT_THAT(reduced.pixels(), ElementsAre(0, 1, 0))
      << "white on black, as a program that reduces colours may sort it";
  EXPECT_EQ(reduced.read().carrier, Carrier::Palette);
  EXPECT_THAT(MaskFile(png_file(3, 1, 1, kPalette, raw({0, 0b11100000}), white_black)).pixels(), ElementsAre(0, 0, 0));
  EXPECT_THAT(MaskFile(png_file(3, 1, 1, kPalette, raw({0, 0}), white_black)).pixels(), ElementsAre(0, 0, 0));
  const std::string white_red = png_chunk("PLTE", raw({255, 255, 255, 255, 0, 0}));
  EXPECT_THAT(MaskFile(png_file(3, 1, 1, kPalette, raw({0, 0b11000000}), white_red)).pixels(), ElementsAre(1, 1, 0));
}

TEST(Mask, ATransparentColourOfThePaletteChangesNothing) {
  const std::string palette = png_chunk("PLTE", raw({255, 255, 255, 0, 0, 0})) + png_chunk("tRNS", raw({0}));
  EXPECT_THAT(MaskFile(png_file(3, 1, 1, kPalette, raw({0, 0b01000000}), palette)).pixels(), ElementsAre(0, 1, 0));
}

TEST(Mask, OnATransparentLayerIsWhatIsSeen) {
  // White everywhere, opaque at the second pixel.
  const MaskFile white(png_file(2, 1, 8, kRgba, raw({0, 255, 255, 255, 0, 255, 255, 255, 255})));
  EXPECT_THAT(white.pixels(), ElementsAre(0, 1));
  EXPECT_EQ(white.read().carrier, Carrier::Alpha);
  // A black brush: over white, then over nothing.
  EXPECT_THAT(MaskFile(png_file(2, 1, 8, kRgba, raw({0, 255, 255, 255, 0, 0, 0, 0, 255}))).pixels(), ElementsAre(0, 1));
  EXPECT_THAT(MaskFile(png_file(2, 1, 8, kGreyAlpha, raw({0, 0, 0, 0, 255}))).pixels(), ElementsAre(0, 1));
  // A red brush over transparent black, and over transparent white.
  EXPECT_THAT(MaskFile(png_file(2, 1, 8, kRgba, raw({0, 0, 0, 0, 0, 255, 0, 0, 90}))).pixels(), ElementsAre(0, 1));
  EXPECT_THAT(MaskFile(png_file(2, 1, 8, kRgba, raw({0, 255, 255, 255, 0, 255, 0, 0, 255}))).pixels(),
              ElementsAre(0, 1));
  const MaskFile tiff(
      TiffFile(2, 1, {8, 8}, 1).with(338, {2}).strip(raw({255, 0, 255, 255})).bytes());  // grey and alpha
  EXPECT_THAT(tiff.pixels(), ElementsAre(0, 1));
}

TEST(Mask, OfOneOpacityIsReadByColour) {
  for (const int opacity : {0, 255})
    EXPECT_THAT(MaskFile(png_file(2, 1, 8, kGreyAlpha, raw({0, 0, opacity, 1, opacity}))).pixels(), ElementsAre(0, 1));
}

/// 64 x 64 with the square [20, 40) set to `value`.
Tensor square(std::uint8_t value) {
  Tensor mask = Tensor::zeros({64, 64}, DType::U8);
  for (std::int64_t y = 20; y < 40; ++y)
    for (std::int64_t x = 20; x < 40; ++x) mask.data<std::uint8_t>()[y * 64 + x] = value;
  return mask;
}

std::int64_t set_pixels(const MaskReading& reading) {
  const auto pixels = reading.mask.values<std::uint8_t>();
  return std::count(pixels.begin(), pixels.end(), 1);
}

TEST(Mask, OfAJpegIsNotWidenedByRinging) {
  for (const int quality : {95, 75, 50}) {
    const MaskReading reading = MaskFile(encode_jpeg(square(255), quality)).read();
    EXPECT_NEAR(static_cast<double>(set_pixels(reading)), 400, 12) << quality;
    EXPECT_TRUE(reading.soft);
  }
  EXPECT_EQ(set_pixels(MaskFile(encode_jpeg(square(0), 75)).read()), 0);
}

TEST(Mask, OfAJpegKeptAsPngIsCutAlike) {
  const ScratchFolder folder;
  write_file(folder / "a.jpg", encode_jpeg(square(255), 75));
  const MaskReading reading = MaskFile(encode_png(read_image(folder / "a.jpg"))).read();
  EXPECT_NEAR(static_cast<double>(set_pixels(reading)), 400, 12);
  EXPECT_TRUE(reading.soft);
}

TEST(Mask, NumbersOfInstancesAreNoSoftEdges) {
  Tensor mask = Tensor::zeros({64, 64}, DType::U8);
  for (std::int64_t i = 0; i < 200; ++i) mask.data<std::uint8_t>()[3 * i] = static_cast<std::uint8_t>(i + 1);
  const MaskReading reading = MaskFile(encode_png(mask)).read();
  EXPECT_EQ(set_pixels(reading), 200);
  EXPECT_FALSE(reading.soft);
}

std::string picture(std::uint32_t width, std::uint32_t height, std::uint16_t orientation) {
  std::string rows;
  for (std::uint32_t y = 0; y < height; ++y) rows += std::string(1 + width, '\0');
  return png_file(width, height, 8, kGrey, rows, png_chunk("eXIf", exif_block(orientation, false)));
}

TEST(Mask, LiesAsItsPictureIsStoredWhereItsSizeSaysSo) {
  // Orientation 6: shown, the first stored column is the top row, from right to left.
  const std::string stored = png_file(3, 2, 8, kGrey, raw({0, 1, 0, 0, 0, 0, 0, 0}));
  const MaskReading turned = MaskFile(stored, picture(3, 2, 6)).read();
  EXPECT_EQ(turned.mask.shape(), (Shape{3, 2}));
  EXPECT_THAT(bytes_of(turned.mask), ElementsAre(0, 1, 0, 0, 0, 0));
  EXPECT_FALSE(turned.turn_assumed);
}

TEST(Mask, LiesAsItsPictureIsShownWhereItsSizeSaysSo) {
  const std::string shown = png_file(2, 3, 8, kGrey, raw({0, 1, 0, 0, 0, 0, 0, 0, 0}));
  const MaskReading reading = MaskFile(shown, picture(3, 2, 6)).read();
  EXPECT_THAT(bytes_of(reading.mask), ElementsAre(1, 0, 0, 0, 0, 0));
  EXPECT_FALSE(reading.turn_assumed);
}

TEST(Mask, OfASquarePictureIsTakenToLieAsStored) {
  const std::string mask = png_file(2, 2, 8, kGrey, raw({0, 1, 0, 0, 0, 0}));
  const MaskReading reading = MaskFile(mask, picture(2, 2, 6)).read();
  EXPECT_THAT(bytes_of(reading.mask), ElementsAre(0, 1, 0, 0));
  EXPECT_TRUE(reading.turn_assumed);
  const TiffFile tiff = TiffFile(2, 2, {8}, 1).with(274, {3}).strip(std::string(4, 'a'));
  EXPECT_THAT(MaskFile(mask, tiff.bytes()).pixels(), ElementsAre(0, 0, 0, 1));
  EXPECT_FALSE(MaskFile(mask, picture(2, 2, 1)).read().turn_assumed);
}

TEST(Mask, FollowsItsOwnOrientationBeforeItsPictures) {
  const std::string rows = raw({0, 1, 0, 0, 0, 0});
  const auto with = [&](std::uint16_t own) {
    return png_file(2, 2, 8, kGrey, rows, png_chunk("eXIf", exif_block(own, false)));
  };
  EXPECT_THAT(MaskFile(with(1), picture(2, 2, 6)).pixels(), ElementsAre(1, 0, 0, 0));
  EXPECT_THAT(MaskFile(with(3), picture(2, 2, 6)).pixels(), ElementsAre(0, 0, 0, 1));
  EXPECT_FALSE(MaskFile(with(3), picture(2, 2, 6)).read().turn_assumed);
}

}  // namespace
}  // namespace vigie
