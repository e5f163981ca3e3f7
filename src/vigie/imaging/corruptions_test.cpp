#include "vigie/imaging/corruptions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "vigie/imaging/blur.h"
#include "vigie/imaging/perlin_noise.h"
#include "vigie/imaging/test_images.h"

namespace vigie {
namespace {

/// Clouds from 60 to 190, so that shifts and noise rarely meet the ends of the range.
Tensor clouds(std::int64_t height, std::int64_t width, std::int64_t channels) {
  Random random(3);
  const Tensor noise = perlin_noise(height, width, 24, 32, random);
  Tensor image({height, width, channels}, DType::U8);
  for (std::int64_t i = 0; i < image.count(); ++i)
    image.data<std::uint8_t>()[i] =
        static_cast<std::uint8_t>(std::clamp(125 + 80 * noise.data<float>()[i / channels], 60.0F, 190.0F));
  return image;
}

double mean_difference(const Tensor& a, const Tensor& b) {
  double sum = 0;
  for (std::int64_t i = 0; i < a.count(); ++i)
    sum += std::abs(static_cast<double>(a.data<std::uint8_t>()[i]) - b.data<std::uint8_t>()[i]);
  return sum / static_cast<double>(a.count());
}

bool same_bytes(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::ranges::equal(a.values<std::uint8_t>(), b.values<std::uint8_t>());
}

TEST(Corruptions, KeepTheShapeAndSpoilMoreWithEverySeverity) {
  for (const auto& [name, apply] : corruptions())
    for (const std::int64_t channels : {1, 3}) {
      const Tensor image = clouds(256, 300, channels), before = image.clone();
      double last = 0;
      for (int severity = 1; severity <= kMostSeverity; ++severity) {
        Random random(1);
        const Tensor spoiled = apply(image, severity, random);
        ASSERT_EQ(spoiled.shape(), image.shape()) << name;
        const double difference = mean_difference(image, spoiled);
        EXPECT_GT(difference, last) << name << " severity " << severity;
        last = difference;
      }
      EXPECT_TRUE(same_bytes(image, before)) << name << " changed the image it was given";
    }
}

TEST(Corruptions, OfTheSameSeedHaveTheSameBytes) {
  const Tensor image = clouds(64, 64, 3);
  for (const auto& [name, apply] : corruptions()) {
    Random first(7), again(7);
    EXPECT_TRUE(same_bytes(apply(image, 3, first), apply(image, 3, again))) << name;
  }
}

TEST(Corruptions, RefuseOtherSeveritiesAndWhatIsNoImage) {
  Random random(1);
  for (const auto& [name, apply] : corruptions()) {
    EXPECT_THROW(apply(clouds(32, 32, 3), 0, random), Error) << name;
    EXPECT_THROW(apply(clouds(32, 32, 3), 6, random), Error) << name;
    EXPECT_THROW(apply(Tensor::zeros({32, 32, 3}), 3, random), Error) << name;
    EXPECT_THROW(apply(Tensor::zeros({32, 32, 2}, DType::U8), 3, random), Error) << name;
    EXPECT_THROW(apply(Tensor::zeros({0, 32, 3}, DType::U8), 3, random), Error) << name;
  }
}

TEST(GaussianBlurred, IsAsWideAsTheImageIsLarge) {
  const Tensor image = noise_image<std::uint8_t>({128, 200, 1}, 5);
  Tensor plane({128, 200});
  std::ranges::copy(image.values<std::uint8_t>(), plane.data<float>());
  Random random(1);
  const Tensor blurred = gaussian_blurred(image, 4, random), wanted = gaussian_blur(plane, 2.0 * 128 / 256);
  for (std::int64_t i = 0; i < plane.count(); ++i)
    ASSERT_NEAR(blurred.data<std::uint8_t>()[i], wanted.data<float>()[i], 0.501);
}

TEST(SaltAndPepper, SpoilsTheStatedShareOfPixelsInAllChannelsAlike) {
  const Tensor image = clouds(400, 500, 3);
  Random random(2);
  const Tensor spoiled = salt_and_pepper(image, 4, random);
  std::int64_t black = 0, white = 0;
  for (std::int64_t i = 0; i < image.count(); i += 3) {
    const std::uint8_t* pixel = spoiled.data<std::uint8_t>() + i;
    if (pixel[0] == image.data<std::uint8_t>()[i]) continue;
    ASSERT_TRUE(pixel[0] == pixel[1] && pixel[1] == pixel[2]);
    black += pixel[0] == 0 ? 1 : 0;
    white += pixel[0] == 255 ? 1 : 0;
  }
  EXPECT_NEAR(black, 5000, 300);  // 2.5 % of 200 000 each; four standard deviations
  EXPECT_NEAR(white, 5000, 300);
}

TEST(GaussianNoise, HasTheStatedDeviationAndNoShift) {
  const Tensor image = clouds(300, 300, 1);
  Random random(4);
  const Tensor noisy = gaussian_noise(image, 3, random);
  double sum = 0, squares = 0;
  for (std::int64_t i = 0; i < image.count(); ++i) {
    const double change = static_cast<double>(noisy.data<std::uint8_t>()[i]) - image.data<std::uint8_t>()[i];
    sum += change;
    squares += change * change;
  }
  EXPECT_NEAR(sum / 90000, 0, 0.2);
  EXPECT_NEAR(std::sqrt(squares / 90000), 15, 0.2);
}

TEST(BrightnessShifted, GoesUpOrDownByTheStatedAmount) {
  const Tensor image = clouds(32, 32, 3);
  bool up = false, down = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    const Tensor shifted = brightness_shifted(image, 4, random);
    const int shift = shifted.data<std::uint8_t>()[0] - image.data<std::uint8_t>()[0];
    ASSERT_EQ(std::abs(shift), 50);
    (shift > 0 ? up : down) = true;
    for (std::int64_t i = 0; i < image.count(); ++i)
      ASSERT_EQ(shifted.data<std::uint8_t>()[i] - image.data<std::uint8_t>()[i], shift);
  }
  EXPECT_TRUE(up && down);
}

}  // namespace
}  // namespace vigie
