#include "vigie/imaging/augment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "vigie/imaging/test_images.h"

namespace vigie {
namespace {

bool same_bytes(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::ranges::equal(a.values<std::uint8_t>(), b.values<std::uint8_t>());
}

const std::uint8_t* pixel(const Tensor& image, std::int64_t y, std::int64_t x) {
  return image.data<std::uint8_t>() + (y * image.dim(1) + x) * 3;
}

double mean_of(const Tensor& image) {
  double sum = 0;
  for (const std::uint8_t value : image.values<std::uint8_t>()) sum += value;
  return sum / static_cast<double>(image.count());
}

Tensor filled(std::int64_t height, std::int64_t width, std::array<std::uint8_t, 3> colour) {
  Tensor image({height, width, 3}, DType::U8);
  for (std::int64_t i = 0; i < image.count(); ++i)
    image.data<std::uint8_t>()[i] = colour[static_cast<std::size_t>(i % 3)];
  return image;
}

const Tensor kImage = noise_image<std::uint8_t>({30, 41, 3}, 1);

struct Kind {
  std::string name;
  std::function<Tensor(const Tensor&, Random&)> make;
};

const std::vector<Kind> kKinds = {{"crop",
                                   [](const Tensor& x, Random& r) {
                                     return random_resized_crop(x, {0.2, 0.9}, r);
                                   }},
                                  {"colour",
                                   [](const Tensor& x, Random& r) {
                                     return colour_jitter(x, {0.2, 0.2, 0.2, 0.2}, r);
                                   }},
                                  {"noise", [](const Tensor& x, Random& r) { return add_noise(x, 0.05, r); }},
                                  {"rotate", [](const Tensor& x, Random& r) { return rotate(x, r.uniform(5, 90)); }}};

TEST(Augment, KeepsTheShapeAndTheOriginalAndFollowsTheSeed) {
  for (const Kind& kind : kKinds) {
    const Tensor before = kImage.clone();
    Random first(5), again(5), other(6);
    const Tensor view = kind.make(kImage, first);
    EXPECT_EQ(view.shape(), kImage.shape()) << kind.name;
    EXPECT_TRUE(same_bytes(kImage, before)) << kind.name;
    EXPECT_TRUE(same_bytes(view, kind.make(kImage, again))) << kind.name;
    EXPECT_FALSE(same_bytes(view, kind.make(kImage, other))) << kind.name;
    EXPECT_FALSE(same_bytes(view, kImage)) << kind.name;
  }
}

TEST(Augment, RangesOfNothingChangeNothing) {
  Random random(1);
  EXPECT_TRUE(same_bytes(random_resized_crop(kImage, {1, 1, 1, 1}, random), kImage));
  EXPECT_TRUE(same_bytes(colour_jitter(kImage, {}, random), kImage));
  EXPECT_TRUE(same_bytes(add_noise(kImage, 0, random), kImage));
  EXPECT_TRUE(same_bytes(rotate(kImage, 0), kImage));
}

TEST(Augment, ACropShowsAPartLarger) {
  Tensor ramp({40, 40, 3}, DType::U8);
  for (std::int64_t i = 0; i < ramp.count(); ++i)
    ramp.data<std::uint8_t>()[i] = static_cast<std::uint8_t>(i / 3 % 40 * 6);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    const Tensor view = random_resized_crop(ramp, {0.25, 0.25, 1, 1}, random);
    const int span = pixel(view, 20, 39)[0] - pixel(view, 20, 0)[0];
    EXPECT_NEAR(span, 19 * 6, 8);  // half the columns, over the whole width
  }
}

TEST(Augment, FlipsAreTheirOwnInverseAndMirrorPixels) {
  EXPECT_TRUE(same_bytes(flip_horizontal(flip_horizontal(kImage)), kImage));
  EXPECT_TRUE(same_bytes(flip_vertical(flip_vertical(kImage)), kImage));
  EXPECT_TRUE(same_bytes(flip_vertical(flip_horizontal(kImage)), rotate(kImage, 180)));
  EXPECT_EQ(pixel(flip_horizontal(kImage), 3, 0)[1], pixel(kImage, 3, 40)[1]);
  EXPECT_EQ(pixel(flip_vertical(kImage), 0, 7)[2], pixel(kImage, 29, 7)[2]);
}

TEST(Augment, AQuarterTurnIsCounterClockwise) {
  const Tensor square = noise_image<std::uint8_t>({17, 17, 3}, 2);
  const Tensor turned = rotate(square, 90);
  for (std::int64_t y = 0; y < 17; ++y)
    for (std::int64_t x = 0; x < 17; ++x)
      for (int c = 0; c < 3; ++c) EXPECT_NEAR(pixel(turned, y, x)[c], pixel(square, x, 16 - y)[c], 1);
}

TEST(Augment, BeyondTheBorderATurnedImageGoesOn) {
  const Tensor plain = filled(20, 50, {10, 200, 90});
  EXPECT_TRUE(same_bytes(rotate(plain, 33), plain));
}

TEST(Augment, BrightnessAloneScalesTheMean) {
  const Tensor image = filled(8, 8, {100, 60, 40});
  bool darker = false, brighter = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    const double mean = mean_of(colour_jitter(image, {.brightness = 0.5}, random));
    EXPECT_GE(mean, 200.0 / 3 * 0.5 - 1);
    EXPECT_LE(mean, 200.0 / 3 * 1.5 + 1);
    darker = darker || mean < 60;
    brighter = brighter || mean > 75;
  }
  EXPECT_TRUE(darker && brighter);
}

TEST(Augment, ContrastKeepsTheMeanGreyAndHueAndSaturationKeepGreys) {
  Tensor grey = noise_image<std::uint8_t>({24, 24, 3}, 4);
  for (std::int64_t i = 0; i < grey.count(); ++i)
    grey.data<std::uint8_t>()[i] = static_cast<std::uint8_t>(100 + grey.data<std::uint8_t>()[i / 3 * 3] % 50);
  Random random(3);
  EXPECT_NEAR(mean_of(colour_jitter(grey, {.contrast = 0.5}, random)), mean_of(grey), 0.5);
  EXPECT_TRUE(same_bytes(colour_jitter(grey, {.saturation = 0.9, .hue = 0.5}, random), grey));
}

TEST(Augment, HueTurnsRedTowardsGreenOrBlueAndKeepsTheSum) {
  const Tensor red = filled(4, 4, {160, 80, 80});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    const Tensor turned = colour_jitter(red, {.hue = 0.2}, random);
    const std::uint8_t* colour = pixel(turned, 1, 1);
    EXPECT_NEAR(colour[0] + colour[1] + colour[2], 320, 2);
    EXPECT_LE(colour[0], 160);
  }
}

TEST(Augment, NoiseHasTheDeviationAsked) {
  const Tensor image = filled(64, 64, {128, 128, 128});
  Random random(9);
  const Tensor noisy = add_noise(image, 0.04, random);
  double squares = 0;
  for (const std::uint8_t value : noisy.values<std::uint8_t>()) squares += (value - 128.0) * (value - 128.0);
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(noisy.count())), 0.04 * 255, 0.3);
}

TEST(Augment, RefusesWhatIsNoColourImage) {
  Random random(1);
  for (const Tensor& bad : {Tensor::zeros({8, 8, 1}, DType::U8), Tensor::zeros({8, 8, 3}), Tensor()})
    for (const Kind& kind : kKinds) EXPECT_THROW((void)kind.make(bad, random), Error) << kind.name;
  EXPECT_THROW((void)random_resized_crop(kImage, {0.5, 0.2}, random), Error);
  EXPECT_THROW((void)random_resized_crop(kImage, {0.5, 1.5}, random), Error);
  EXPECT_THROW((void)add_noise(kImage, -1, random), Error);
}

}  // namespace
}  // namespace vigie
