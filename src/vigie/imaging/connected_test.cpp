#include "vigie/imaging/connected.h"

#include <gtest/gtest.h>

#include <queue>

#include "vigie/core/random.h"

namespace vigie {
namespace {

/// Labels by flooding from each unlabelled pixel in scan order.
std::vector<std::int32_t> flooded(const Tensor& mask) {
  const std::int64_t height = mask.dim(0), width = mask.dim(1);
  std::vector<std::int32_t> labels(static_cast<std::size_t>(mask.count()), 0);
  std::int32_t count = 0;
  for (std::int64_t start = 0; start < mask.count(); ++start) {
    if (mask.data<std::uint8_t>()[start] == 0 || labels[start] != 0) continue;
    labels[start] = ++count;
    std::queue<std::int64_t> open({start});
    for (; !open.empty(); open.pop())
      for (int d = 0; d < 9; ++d) {
        const std::int64_t y = open.front() / width + d / 3 - 1, x = open.front() % width + d % 3 - 1;
        if (y < 0 || x < 0 || y >= height || x >= width) continue;
        const std::int64_t at = y * width + x;
        if (mask.data<std::uint8_t>()[at] == 0 || labels[at] != 0) continue;
        labels[at] = count;
        open.push(at);
      }
  }
  return labels;
}

TEST(LabelRegions, EqualsFloodFillOnRandomMasksOfEveryDensity) {
  Random random(9);
  for (int trial = 0; trial < 300; ++trial) {
    Tensor mask({1 + static_cast<std::int64_t>(random.below(40)), 1 + static_cast<std::int64_t>(random.below(40))},
                DType::U8);
    const double density = random.uniform();
    for (auto& pixel : mask.values<std::uint8_t>()) pixel = random.uniform() < density ? 255 : 0;
    const Labels labels = label_regions(mask);
    const auto wanted = flooded(mask);
    ASSERT_TRUE(std::equal(wanted.begin(), wanted.end(), labels.labels.data<std::int32_t>())) << "trial " << trial;
    ASSERT_EQ(labels.count, *std::max_element(wanted.begin(), wanted.end()));
  }
}

TEST(LabelRegions, JoinsCornersAndCountsFromOneInScanOrder) {
  const std::uint8_t pixels[] = {0, 1, 0, 0, 7,  //
                                 1, 0, 0, 0, 0,  //
                                 0, 0, 0, 1, 1};
  Tensor mask({3, 5}, DType::U8);
  std::copy(std::begin(pixels), std::end(pixels), mask.data<std::uint8_t>());
  const Labels labels = label_regions(mask);
  EXPECT_EQ(labels.count, 3);
  EXPECT_EQ(labels.labels.data<std::int32_t>()[5], 1);
  EXPECT_EQ(labels.labels.data<std::int32_t>()[4], 2);
  EXPECT_EQ(labels.labels.data<std::int32_t>()[13], 3);
}

TEST(LabelRegions, OfAnEmptyMaskIsNone) {
  EXPECT_EQ(label_regions(Tensor::zeros({4, 4}, DType::U8)).count, 0);
  EXPECT_THROW(label_regions(Tensor::zeros({4, 4})), Error);
}

}  // namespace
}  // namespace vigie
