#include "vigie/detectors/patch_embedding.h"

#include <gtest/gtest.h>

#include <algorithm>

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

}  // namespace
}  // namespace vigie
