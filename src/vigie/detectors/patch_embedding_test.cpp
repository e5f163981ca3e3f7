#include "vigie/detectors/patch_embedding.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "vigie/core/random.h"
#include "vigie/detectors/synthetic_features.h"

namespace vigie {
namespace {

std::vector<float> values_of(const Tensor& tensor) {
  const auto values = tensor.values<float>();
  return {values.begin(), values.end()};
}

TEST(PatchEmbedding, AveragesNeighboursCountingZerosBeyondTheBorder) {
  const Tensor layer = Tensor::from({1, 2, 3, 1}, std::vector<float>{9, 18, 27, 36, 45, 54});
  const PatchEmbedding embedding{3};
  EXPECT_EQ(values_of(embedding.embed({layer})), (std::vector<float>{12, 21, 16, 12, 21, 16}));
}

TEST(PatchEmbedding, PatchSizeOneChangesNothing) {
  const Features features = synthetic_features({"layer2"}, 2, 1);
  EXPECT_EQ(values_of(PatchEmbedding{1}.embed(features)), values_of(features[0]));
}

TEST(PatchEmbedding, CoarserLayersAreInterpolatedToTheFirstGrid) {
  const Tensor fine = Tensor::zeros({1, 1, 4, 1}), coarse = Tensor::from({1, 1, 2, 1}, std::vector<float>{0, 8});
  const Tensor out = PatchEmbedding{1}.embed({fine, coarse});
  EXPECT_EQ(out.shape(), (Shape{1, 1, 4, 2}));
  EXPECT_EQ(values_of(out), (std::vector<float>{0, 0, 0, 2, 0, 6, 0, 8}));  // half-pixel centres
}

TEST(PatchEmbedding, AdaptivePoolingAveragesOverlappingBins) {
  // One cell of 5 channels, patch 1, to 3 bins: [0,2) [1,4) [3,5); then two layers' bins [6] to 2: [0,3) [3,6).
  const Tensor layer = Tensor::from({1, 1, 1, 5}, std::vector<float>{1, 3, 5, 7, 9});
  const PatchEmbedding one{1, true, 3, 3}, two{1, true, 3, 2};
  EXPECT_EQ(values_of(one.embed({layer})), (std::vector<float>{2, 5, 8}));
  const Tensor tenfold = Tensor::from({1, 1, 1, 5}, std::vector<float>{10, 30, 50, 70, 90});
  EXPECT_EQ(values_of(two.embed({layer, tenfold})), (std::vector<float>{5, 50}));
  EXPECT_EQ(two.dims({{1, 1, 5}, {1, 1, 5}}), 2);
}

TEST(PatchEmbedding, AdaptivePoolingUnfoldsChannelByChannel) {
  // 1 x 2 cells of 2 channels, patch 3: around cell 0 the unfolded channel c holds only (1,1) = own and (1,2) = right
  // neighbour.
  const Tensor layer = Tensor::from({1, 1, 2, 2}, std::vector<float>{1, 10, 2, 20});
  const PatchEmbedding embedding{3, true, 18, 18};
  const auto values = values_of(embedding.embed({layer}));
  std::vector<float> expected(36, 0.0F);
  expected[4] = 1, expected[5] = 2, expected[13] = 10, expected[14] = 20;                      // cell 0
  expected[18 + 3] = 1, expected[18 + 4] = 2, expected[18 + 12] = 10, expected[18 + 13] = 20;  // cell 1
  EXPECT_EQ(values, expected);
}

/// A layer's value, 0 beyond the border.
float cell(const Tensor& layer, std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t c) {
  const std::int64_t height = layer.dim(1), width = layer.dim(2);
  if (y < 0 || x < 0 || y >= height || x >= width) return 0;
  return layer.data<float>()[((b * height + y) * width + x) * layer.dim(3) + c];
}

/// The mean of values falling into bin i of `bins` (adaptive pooling).
double bin_mean(const std::vector<double>& values, std::int64_t i, std::int64_t bins) {
  const auto in = static_cast<std::int64_t>(values.size());
  const std::int64_t begin = i * in / bins, end = ((i + 1) * in + bins - 1) / bins;
  double sum = 0;
  for (std::int64_t j = begin; j < end; ++j) sum += values[static_cast<std::size_t>(j)];
  return sum / static_cast<double>(end - begin);
}

/// The vector of one patch of one layer before interpolation, from the definition.
std::vector<double> patch_vector(const PatchEmbedding& e, const Tensor& layer, std::int64_t b, std::int64_t y,
                                 std::int64_t x) {
  std::vector<double> unfolded, out;
  for (std::int64_t c = 0; c < layer.dim(3); ++c) {
    double sum = 0;
    for (std::int64_t k = 0; k < e.patch_size * e.patch_size; ++k) {
      const float value =
          cell(layer, b, y + k / e.patch_size - e.patch_size / 2, x + k % e.patch_size - e.patch_size / 2, c);
      unfolded.push_back(value);
      sum += value;
    }
    if (!e.adaptive) out.push_back(sum / static_cast<double>(e.patch_size * e.patch_size));
  }
  for (std::int64_t i = 0; e.adaptive && i < e.preprocess_dim; ++i)
    out.push_back(bin_mean(unfolded, i, e.preprocess_dim));
  return out;
}

/// The embedding of cell (y, x) of the first layer's grid.
std::vector<double> embedding_at(const PatchEmbedding& e, const Features& features, std::int64_t b, std::int64_t y,
                                 std::int64_t x) {
  std::vector<double> all;
  for (const Tensor& layer : features) {
    const auto place = [](std::int64_t i, std::int64_t in, std::int64_t out) {
      return std::max(0.0, (static_cast<double>(i) + 0.5) * static_cast<double>(in) / static_cast<double>(out) - 0.5);
    };
    const double v = place(y, layer.dim(1), features[0].dim(1)), u = place(x, layer.dim(2), features[0].dim(2));
    const auto top = static_cast<std::int64_t>(v), left = static_cast<std::int64_t>(u);
    const std::int64_t bottom = std::min(top + 1, layer.dim(1) - 1), right = std::min(left + 1, layer.dim(2) - 1);
    const double dv = v - static_cast<double>(top), du = u - static_cast<double>(left);
    const auto a = patch_vector(e, layer, b, top, left), c = patch_vector(e, layer, b, top, right);
    const auto d = patch_vector(e, layer, b, bottom, left), f = patch_vector(e, layer, b, bottom, right);
    for (std::size_t i = 0; i < a.size(); ++i)
      all.push_back((1 - dv) * ((1 - du) * a[i] + du * c[i]) + dv * ((1 - du) * d[i] + du * f[i]));
  }
  if (!e.adaptive) return all;
  std::vector<double> out;
  for (std::int64_t i = 0; i < e.target_dim; ++i) out.push_back(bin_mean(all, i, e.target_dim));
  return out;
}

TEST(PatchEmbedding, EqualsItsDefinition) {
  Random random(6);
  const auto noise = [&](const Shape& shape) {
    Tensor out(shape);
    for (float& x : out.values<float>()) x = static_cast<float>(random.normal());
    return out;
  };
  // Channels with and without a remainder of the registers' tiles; a layer on the same grid, coarser, and wider.
  const Features features{noise({2, 6, 7, 70}), noise({2, 3, 4, 32}), noise({2, 6, 7, 5}), noise({2, 6, 3, 9})};
  const PatchEmbedding cases[] = {
      {1}, {3}, {5}, {3, true, 70, 35}, {3, true, 140, 64}, {5, true, 33}, {3, true, 1}, {1, true, 99}, {9}};
  for (const PatchEmbedding& e : cases) {
    const Tensor out = e.embed(features);
    const std::int64_t dims = out.dim(3);
    ASSERT_EQ(out.shape(), (Shape{2, 6, 7, e.adaptive ? e.target_dim : 116}));
    for (std::int64_t p = 0; p < 2 * 6 * 7; ++p) {
      const auto wanted = embedding_at(e, features, p / 42, p / 7 % 6, p % 7);
      for (std::int64_t d = 0; d < dims; ++d)
        ASSERT_NEAR(out.data<float>()[p * dims + d], wanted[static_cast<std::size_t>(d)], 2e-6);
    }
  }
}

}  // namespace
}  // namespace vigie
