#include "vigie/imaging/preprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vigie/imaging/resize.h"
#include "vigie/imaging/test_images.h"

namespace vigie {
namespace {

using testing::HasSubstr;

float normalised(float value, int channel) {
  const Preprocess p;
  return (value - p.mean[channel]) / p.std[channel];
}

TEST(Preprocess, ResizesScalesAndNormalises) {
  const Tensor image = noise_image<std::uint8_t>({90, 70, 3}, 1);
  const Preprocess p{"stretch", 256, 32, 64};
  const Tensor out = preprocess_image(image, p), resized = resize_antialiased(image, 32, 64);
  ASSERT_EQ(out.shape(), (Shape{32, 64, 3}));
  for (int i = 0; i < 32 * 64 * 3; ++i)
    ASSERT_FLOAT_EQ(out.data<float>()[i], normalised(resized.data<std::uint8_t>()[i] / 255.0F, i % 3));
}

TEST(Preprocess, MakesThreeEqualChannelsOfGrey) {
  const Tensor grey = noise_image<std::uint8_t>({40, 50, 1}, 2);
  Tensor colour({40, 50, 3}, DType::U8);
  for (int i = 0; i < 6000; ++i) colour.data<std::uint8_t>()[i] = grey.data<std::uint8_t>()[i / 3];
  const Tensor a = preprocess_image(grey, Preprocess::paper()), b = preprocess_image(colour, Preprocess::paper());
  for (std::int64_t i = 0; i < a.count(); ++i) ASSERT_EQ(a.data<float>()[i], b.data<float>()[i]);
}

TEST(Preprocess, ScalesSixteenBitsBy65535) {
  for (const std::int64_t channels : {1, 3}) {
    Tensor image({20, 20, channels}, DType::U16);
    for (auto& value : image.values<std::uint16_t>()) value = 13107;  // 0.2
    const Tensor out = preprocess_image(image, {});
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(out.data<float>()[999 + c], normalised(0.2F, c), 1e-5);
  }
}

/// Top left corner of the crop, read off an image whose pixels hold their own coordinates.
std::pair<int, int> crop_corner(std::int64_t height, std::int64_t width, std::int64_t crop) {
  Tensor ramp({height, width}, DType::U8), down({height, width}, DType::U8);
  for (std::int64_t i = 0; i < height * width; ++i) {
    ramp.data<std::uint8_t>()[i] = static_cast<std::uint8_t>(i % width);
    down.data<std::uint8_t>()[i] = static_cast<std::uint8_t>(i / width);
  }
  const Preprocess p{"short_side", std::min(height, width), crop, crop};
  return {preprocess_mask(down, p).data<std::uint8_t>()[0], preprocess_mask(ramp, p).data<std::uint8_t>()[0]};
}

TEST(Preprocess, CropsAtTheCentreWithTiesToEvenAsTorchvision) {
  EXPECT_EQ(crop_corner(40, 41, 36), (std::pair(2, 2)));  // 2 and 2.5
  EXPECT_EQ(crop_corner(43, 42, 36), (std::pair(4, 3)));  // 3.5 and 3
  EXPECT_EQ(crop_corner(36, 36, 36), (std::pair(0, 0)));
}

TEST(Preprocess, KeepsTheAspectInShortSideMode) {
  // 100 x 300 -> 64 x 192, of which the middle 64 columns come from source columns 100 … 199.
  Tensor image = Tensor::zeros({100, 300, 1}, DType::U8);
  for (std::int64_t i = 0; i < image.count(); ++i)
    image.data<std::uint8_t>()[i] = i % 300 >= 100 && i % 300 < 200 ? 255 : 0;
  const Tensor out = preprocess_image(image, {"short_side", 64, 64, 64});
  for (std::int64_t x = 1; x < 63; ++x) EXPECT_NEAR(out.data<float>()[x * 3], normalised(1, 0), 1e-5);
  EXPECT_LT(out.data<float>()[0], normalised(0.9F, 0));
}

TEST(Preprocess, CropsTheImageAndTheMaskAlike) {
  Tensor image = Tensor::zeros({120, 90, 1}, DType::U8), mask = Tensor::zeros({120, 90}, DType::U8);
  for (std::int64_t y = 70; y < 100; ++y)
    for (std::int64_t x = 50; x < 80; ++x) {
      image.data<std::uint8_t>()[y * 90 + x] = 255;
      mask.data<std::uint8_t>()[y * 90 + x] = 1;
    }
  const Preprocess p{"short_side", 60, 40, 48};
  const Tensor a = preprocess_image(image, p), b = preprocess_mask(mask, p);
  const float middle = normalised(0.5F, 0);
  int wrong = 0;
  for (std::int64_t i = 0; i < b.count(); ++i)
    wrong += (a.data<float>()[i * 3] > middle) != (b.data<std::uint8_t>()[i] != 0);
  EXPECT_EQ(b.shape(), (Shape{40, 48}));
  EXPECT_LE(wrong, 40);  // of a square whose outline is 80 pixels long
  EXPECT_GT(std::count(b.values<std::uint8_t>().begin(), b.values<std::uint8_t>().end(), 1), 200);
}

TEST(Preprocess, RefusesImagesTooSmallToInspect) {
  try {
    preprocess_image(Tensor::zeros({7, 300, 3}, DType::U8), {});
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::BadFile);
    EXPECT_THAT(e.what(), HasSubstr("image is 300x7 pixels, too small to inspect (at least 8x8)"));
  }
  EXPECT_THROW(preprocess_image(Tensor::zeros({20, 20, 4}, DType::U8), {}), Error);
  EXPECT_THROW(preprocess_image(Tensor::zeros({20, 20, 3}), {}), Error);
}

TEST(Preprocess, TravelsThroughJson) {
  Preprocess p = Preprocess::paper();
  p.mean[1] = 0.123F;
  const Preprocess back = preprocess_from_json(nlohmann::json::parse(json_from_preprocess(p).dump()));
  EXPECT_EQ(back.mode, "short_side");
  EXPECT_EQ(back.height, 224);
  EXPECT_EQ(back.mean, p.mean);
  EXPECT_EQ(back.std, p.std);
}

TEST(Preprocess, StoresTheDepthOnlyWhereItDiffers) {
  EXPECT_FALSE(json_from_preprocess({}).contains("bits"));
  EXPECT_EQ(preprocess_from_json(json_from_preprocess({})).bits, 0);
  Preprocess p;
  p.bits = 12;
  EXPECT_EQ(preprocess_from_json(json_from_preprocess(p)).bits, 12);
  EXPECT_THROW(preprocess_from_json({{"bits", 7}}), Error);
  EXPECT_THROW(preprocess_from_json({{"bits", 17}}), Error);
}

TEST(Preprocess, RefusesJsonOutOfRange) {
  for (const char* text : {R"({"height": 31})", R"({"width": 4097})", R"({"std": [1, 0, 1]})", R"({"mode": "crop"})",
                           R"({"mean": [1, 2]})", R"({"hight": 64})", R"({"height": "big"})", R"([1])",
                           R"({"mode": "short_side", "resize_to": 128, "height": 224})"})
    EXPECT_THROW(preprocess_from_json(nlohmann::json::parse(text)), Error) << text;
}

}  // namespace
}  // namespace vigie
