#include "vigie/data/near_duplicates.h"

#include <gtest/gtest.h>

#include <cmath>

#include "vigie/core/random.h"

namespace vigie {
namespace {

using Groups = std::vector<std::int64_t>;

/// A part of its own for every seed: a few soft blobs, U8 [96 96 3].
Tensor part(std::uint64_t seed) {
  Random random(seed);
  Tensor image({96, 96, 3}, DType::U8);
  std::vector<double> values(96 * 96, 90);
  for (int blob = 0; blob < 6; ++blob) {
    const double x = random.uniform(0, 96), y = random.uniform(0, 96), size = random.uniform(6, 20);
    for (std::int64_t i = 0; i < 96 * 96; ++i) {
      const double dx = static_cast<double>(i % 96) - x, dy = static_cast<double>(i / 96) - y;
      values[static_cast<std::size_t>(i)] += 60 * std::exp(-(dx * dx + dy * dy) / (2 * size * size));
    }
  }
  for (std::int64_t i = 0; i < image.count(); ++i)
    image.data<std::uint8_t>()[i] = static_cast<std::uint8_t>(std::min(values[static_cast<std::size_t>(i / 3)], 240.0));
  return image;
}

Tensor brighter(const Tensor& image, double factor) {
  Tensor out = image.clone();
  for (std::uint8_t& value : out.values<std::uint8_t>()) value = static_cast<std::uint8_t>(value * factor);
  return out;
}

Tensor noisy(const Tensor& image, std::uint64_t seed, double sigma) {
  Random random(seed);
  Tensor out = image.clone();
  for (std::uint8_t& value : out.values<std::uint8_t>())
    value = static_cast<std::uint8_t>(std::clamp(value + sigma * random.normal(), 0.0, 255.0));
  return out;
}

Groups groups_of(const std::vector<Tensor>& images) {
  std::vector<Thumbnail> thumbnails;
  for (const Tensor& image : images) thumbnails.push_back(thumbnail_of(image));
  return groups_of_near_duplicates(thumbnails);
}

TEST(NearDuplicates, JoinsCopiesBrighterOnesAndNoisyOnes) {
  std::vector<Tensor> images;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    images.push_back(part(seed));
    images.push_back(part(seed));
    images.push_back(brighter(part(seed), 1.05));
    images.push_back(noisy(part(seed), seed, 4));
    images.push_back(decode_image(encode_jpeg(part(seed), 90), "again"));
  }
  const Groups groups = groups_of(images);
  for (std::size_t i = 0; i < images.size(); ++i) EXPECT_EQ(groups[i], static_cast<std::int64_t>(i / 5)) << i;
  EXPECT_EQ(group_count(groups), 4);
}

TEST(NearDuplicates, KeepsDifferentPartsApart) {
  std::vector<Tensor> images;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) images.push_back(part(seed));
  EXPECT_EQ(group_count(groups_of(images)), 20);
}

TEST(NearDuplicates, KeepsPlainPartsUnderOneLampApart) {
  std::vector<Tensor> images;  // all that is common is the lamp, which correlates by more than 0.9995
  for (std::uint64_t seed = 1; seed <= 12; ++seed) images.push_back(noisy(part(7), seed, 3));
  Tensor other = brighter(part(7), 0.9);
  for (std::int64_t i = 0; i < 600; ++i)
    other.data<std::uint8_t>()[i] = 250;  // a different one, so that there is a set
  images.push_back(other);
  EXPECT_GT(group_count(groups_of(images)), 8);
}

TEST(NearDuplicates, OfOnePictureOnlyAreOneGroup) {
  EXPECT_EQ(groups_of({part(1), part(1), part(1)}), (Groups{0, 0, 0}));
  EXPECT_EQ(groups_of({part(1)}), (Groups{0}));
  EXPECT_EQ(groups_of({}), Groups{});
}

TEST(NearDuplicates, TakesImagesOfOneColourForCopies) {
  const Tensor black = Tensor::zeros({40, 40, 3}, DType::U8);
  EXPECT_EQ(groups_of({black, part(1), black}), (Groups{0, 1, 0}));
}

}  // namespace
}  // namespace vigie
