#include "vigie/io/image.h"

#include <gmock/gmock.h>

#include "vigie/io/file.h"
#include "vigie/io/image_test_files.h"
#include "vigie/io/mask.h"

namespace vigie {
namespace {

using namespace testing_io;
using testing::ElementsAre;
using testing::HasSubstr;

/// Smooth colours without symmetry, so that JPEG keeps them nearly and every turn shows.
Tensor sample_image(Shape shape, DType type = DType::U8) {
  Tensor image(shape, type);
  const std::int64_t channels = shape.size() == 3 ? shape[2] : 1;
  for (std::int64_t i = 0; i < image.count(); ++i) {
    const std::int64_t c = i % channels, x = i / channels % shape[1], y = i / channels / shape[1];
    const std::int64_t value = 20 + 3 * x + 5 * y + 40 * c;
    if (type == DType::U8) image.data<std::uint8_t>()[i] = static_cast<std::uint8_t>(value);
    if (type == DType::U16) image.data<std::uint16_t>()[i] = static_cast<std::uint16_t>(value * 250 + 1);
  }
  return image;
}

bool same(const Tensor& a, const Tensor& b) {
  return a.dtype() == b.dtype() && a.count() == b.count() && std::memcmp(a.raw(), b.raw(), a.bytes()) == 0;
}

int largest_difference(const Tensor& a, const Tensor& b) {
  int largest = 0;
  for (std::int64_t i = 0; i < a.count(); ++i) {
    largest = std::max(largest, std::abs(a.data<std::uint8_t>()[i] - b.data<std::uint8_t>()[i]));
  }
  return largest;
}

std::string jpeg_with_exif(const std::string& jpeg, const std::string& block) {
  const std::string payload = std::string("Exif\0\0", 6) + block;
  return jpeg.substr(0, 2) + "\xff\xe1" + be(static_cast<std::uint16_t>(payload.size() + 2)) + payload + jpeg.substr(2);
}

TEST(WriteImage, PngComesBackToTheByte) {
  const ScratchFolder folder;
  for (const DType type : {DType::U8, DType::U16}) {
    for (const Shape& shape : {Shape{5, 7}, Shape{5, 7, 1}, Shape{5, 7, 3}, Shape{1, 1}}) {
      const Tensor image = sample_image(shape, type);
      write_image(folder / "image.PNG", image);
      const Tensor read = read_image(folder / "image.PNG");
      EXPECT_EQ(read.shape(), (Shape{shape[0], shape[1], shape.size() == 3 ? shape[2] : 1}));
      EXPECT_TRUE(same(read, image)) << to_string(shape);
      const ImageInfo info = read_image_info(folder / "image.PNG");
      EXPECT_EQ(info.width, shape[1]);
      EXPECT_EQ(info.height, shape[0]);
      EXPECT_EQ(info.bits, type == DType::U8 ? 8 : 16);
    }
  }
}

TEST(WriteImage, JpegComesBackNearly) {
  const ScratchFolder folder;
  for (const Shape& shape : {Shape{17, 23}, Shape{17, 23, 1}, Shape{17, 23, 3}, Shape{1, 1, 3}}) {
    const Tensor image = sample_image(shape);
    write_image(folder / "image.jpg", image, 98);
    const Tensor read = read_image(folder / "image.jpg");
    EXPECT_EQ(read.shape(), (Shape{shape[0], shape[1], shape.size() == 3 ? shape[2] : 1}));
    EXPECT_LE(largest_difference(read, image), 6) << to_string(shape);
    EXPECT_EQ(read_image_info(folder / "image.jpg").channels, read.dim(2));
  }
}

TEST(WriteImage, WhatAFormatCannotHoldIsTheCallersMistake) {
  const ScratchFolder folder;
  const auto kind = [&](const std::string& name, const Tensor& image, int quality = 90) {
    return failure_of([&] { write_image(folder / name, image, quality); }).kind;
  };
  EXPECT_EQ(kind("a.jpg", sample_image({3, 3}, DType::U16)), ErrorKind::InvalidArgument);
  EXPECT_EQ(kind("a.jpg", sample_image({3, 3}), 0), ErrorKind::InvalidArgument);
  EXPECT_EQ(kind("a.jpg", Tensor({1, 70000}, DType::U8)), ErrorKind::InvalidArgument);
  EXPECT_EQ(kind("a.png", Tensor({3, 3})), ErrorKind::InvalidArgument);
  EXPECT_EQ(kind("a.png", sample_image({3, 3, 2})), ErrorKind::InvalidArgument);
  EXPECT_EQ(kind("a.png", Tensor({0, 3}, DType::U8)), ErrorKind::InvalidArgument);
  EXPECT_EQ(kind("a.gif", sample_image({3, 3})), ErrorKind::InvalidArgument);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Jpeg, OrientationTurnsTheImage) {
  const std::string plain = encode_jpeg(sample_image({16, 24, 3}), 95);
  const Tensor stored = ImageFile(plain).read();
  for (std::uint16_t orientation = 1; orientation <= 8; ++orientation) {
    const ImageFile turned_file(jpeg_with_exif(plain, exif_block(orientation, orientation % 2 == 0)));
    const Tensor turned = turned_file.read();
    const bool sideways = orientation >= 5;
    ASSERT_EQ(turned.shape(), (Shape{sideways ? 24 : 16, sideways ? 16 : 24, 3}));
    EXPECT_EQ(turned_file.info().width, turned.dim(1));
    // Where the first stored pixel is seen: EXIF 2.32, "the 0th row is at the visual ..., the 0th column ...".
    const bool bottom = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    const bool right = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    const std::int64_t y = bottom ? turned.dim(0) - 1 : 0, x = right ? turned.dim(1) - 1 : 0;
    const std::uint8_t* seen = turned.data<std::uint8_t>() + (y * turned.dim(1) + x) * 3;
    EXPECT_EQ(std::memcmp(seen, stored.raw(), 3), 0) << orientation;
  }
}

TEST(Jpeg, DamageIsRefused) {
  const std::string whole = jpeg_with_exif(encode_jpeg(sample_image({33, 40, 3}), 90), exif_block(6, true));
  expect_truncations_refused(whole);
  expect_damage_survived(whole);
  EXPECT_THAT(ImageFile(whole.substr(0, whole.size() * 3 / 4)).refusal(), HasSubstr("truncated or corrupt JPEG"));
}

TEST(Jpeg, CmykAndHostileSizesAreRefusedFromTheHeader) {
  const auto header = [](char components, std::uint16_t side) {
    std::string frame =
        be<std::uint16_t>(static_cast<std::uint16_t>(8 + 3 * components)) + '\x08' + be(side) + be(side) + components;
    std::string scan = be<std::uint16_t>(static_cast<std::uint16_t>(6 + 2 * components)) + components;
    for (char c = 1; c <= components; ++c) {
      frame += std::string{c, 0x11, 0};
      scan += std::string{c, 0};
    }
    return "\xff\xd8\xff\xc0" + frame + "\xff\xda" + scan + std::string("\0\x3f\0", 3);
  };
  EXPECT_THAT(ImageFile(header(4, 8)).refusal(), HasSubstr("CMYK is not supported"));
  EXPECT_THAT(ImageFile(header(3, 65500)).refusal(), HasSubstr("65500 x 65500 pixels, more than the 1000000 allowed"));
}

TEST(ReadImage, IsRecognisedByContentNotByName) {
  const ScratchFolder folder;
  write_file(folder / "a.png", encode_jpeg(sample_image({8, 9}), 90));
  EXPECT_EQ(read_image(folder / "a.png").shape(), (Shape{8, 9, 1}));
}

TEST(DecodeImage, GivesWhatTheFileOfTheseBytesHolds) {
  const ScratchFolder folder;
  write_image(folder / "image.jpg", sample_image({9, 12, 3}));
  const std::string bytes = read_file(folder / "image.jpg");
  EXPECT_TRUE(same(decode_image(bytes, "upload"), read_image(folder / "image.jpg")));
  try {
    decode_image(bytes.substr(0, bytes.size() / 2), "upload");
    FAIL() << "half a file was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::BadFile);
    EXPECT_THAT(error.what(), HasSubstr("upload"));
  }
}

TEST(ReadImage, SaysWhyAFileIsNoImage) {
  EXPECT_THAT(ImageFile("").refusal(), HasSubstr("empty file"));
  EXPECT_THAT(ImageFile("version https://git-lfs").refusal(), HasSubstr("not a PNG, JPEG, BMP or TIFF image"));
  EXPECT_EQ(failure_of([] { read_image("/no/such/image.png"); }).kind, ErrorKind::NotFound);
  EXPECT_EQ(failure_of([] { read_image_info("/no/such/image.png"); }).kind, ErrorKind::NotFound);
  EXPECT_EQ(failure_of([] { read_image_info(std::filesystem::temp_directory_path()); }).kind, ErrorKind::BadFile);
}

TEST(ReadImage, TheLimitCountsPixelsExactly) {
  const ImageFile file(encode_png(sample_image({10, 10})));
  EXPECT_EQ(file.read(100).count(), 100);
  EXPECT_THAT(file.refusal(99), HasSubstr("10 x 10 pixels, more than the 99 allowed"));
}

TEST(ReadImageInfo, FindsTheHeaderBehindLongMetadata) {
  std::string jpeg = encode_jpeg(sample_image({8, 9}), 90);
  for (int i = 0; i < 3; ++i) jpeg.insert(2, "\xff\xe2" + be<std::uint16_t>(60002) + std::string(60000, 'x'));
  EXPECT_EQ(ImageFile(jpeg).info().width, 9);
}

TEST(ReadMask, AnythingAboveZeroIsOne) {
  Tensor colours = Tensor::zeros({1, 3, 3}, DType::U8);
  colours.data<std::uint8_t>()[1] = 1;
  colours.data<std::uint8_t>()[8] = 255;
  EXPECT_THAT(bytes_of(read_mask(ImageFile(encode_png(colours)).path())), ElementsAre(1, 0, 1));
  Tensor deep = Tensor::zeros({1, 2}, DType::U16);
  deep.data<std::uint16_t>()[1] = 256;  // its low byte is 0
  const Tensor mask = read_mask(ImageFile(encode_png(deep)).path());
  EXPECT_EQ(mask.shape(), (Shape{1, 2}));
  EXPECT_THAT(bytes_of(mask), ElementsAre(0, 1));
}

TEST(ImageExtension, IsKnownInAnyCase) {
  for (const char* name : {"a.png", "a.JPG", "b/c.JpEg", "a.jfif", "a.JPE", "a.jif", "a.bmp", "a.dib", "a.tif", "a.TIFF"})
    EXPECT_TRUE(has_image_extension(name)) << name;
  for (const char* name : {"a.webp", "a.HEIC", "a.jp2", "a.gif"}) {
    EXPECT_FALSE(has_image_extension(name)) << name;
    EXPECT_TRUE(has_other_image_extension(name)) << name;
  }
  for (const char* name : {"a.txt", "a.json", "a.png"}) EXPECT_FALSE(has_other_image_extension(name)) << name;
  for (const char* name : {"a", "png", "a.png.txt", ".png", "a.gif"}) EXPECT_FALSE(has_image_extension(name)) << name;
}

TEST(SharedImages, AreReadWithTheSizesTheyShouldHave) {
  const char* shared = std::getenv("VIGIE_SHARED");
  const std::filesystem::path data = std::filesystem::path(shared == nullptr ? "" : shared) / "data";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "no " << data;
  const auto any_in = [&](const char* folder) { return *std::filesystem::directory_iterator(data / folder); };
  const Tensor bottle = read_image(any_in("mvtec_ad/bottle/train/good").path());
  EXPECT_EQ(bottle.shape(), (Shape{900, 900, 3}));
  EXPECT_EQ(read_image(any_in("mvtec_ad/screw/train/good").path()).dim(0), 1024);
  const Tensor mask = read_mask(any_in("mvtec_ad/bottle/ground_truth/broken_large").path());
  const auto marked = mask.values<std::uint8_t>();
  EXPECT_EQ(mask.shape(), (Shape{900, 900}));
  EXPECT_GT(std::count(marked.begin(), marked.end(), 1), 1000);
}

}  // namespace
}  // namespace vigie
