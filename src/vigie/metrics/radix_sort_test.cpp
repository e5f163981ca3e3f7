#include "vigie/metrics/radix_sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "vigie/core/random.h"

namespace vigie {
namespace {

struct Tagged {
  float score;
  int order;
};

TEST(SortDescending, EqualsTheStandardStableSortOnBothSignsAndManyMagnitudes) {
  Random random(1);
  std::vector<Tagged> items;
  for (int i = 0; i < 20000; ++i) {
    const auto exponent = static_cast<int>(random.below(60)) - 30;
    items.push_back({std::ldexp(static_cast<float>(static_cast<int>(random.below(21)) - 10), exponent), i});
  }
  std::vector<Tagged> expected = items;
  std::stable_sort(expected.begin(), expected.end(),
                   [](const Tagged& a, const Tagged& b) { return descending_key(a.score) < descending_key(b.score); });
  sort_descending(items, [](const Tagged& item) { return item.score; });
  for (std::size_t i = 0; i < items.size(); ++i) {
    ASSERT_EQ(items[i].order, expected[i].order) << i;
    ASSERT_GE(items[i > 0 ? i - 1 : 0].score, items[i].score);
  }
}

TEST(SortDescending, OrdersTheExtremes) {
  constexpr float big = std::numeric_limits<float>::max(), tiny = std::numeric_limits<float>::denorm_min();
  std::vector<float> values{-0.0F, tiny, -big, 1.0F, 0.0F, -tiny, big, -1.0F};
  sort_descending(values, [](float value) { return value; });
  EXPECT_EQ(values, (std::vector<float>{big, 1.0F, tiny, 0.0F, -0.0F, -tiny, -1.0F, -big}));
}

TEST(DescendingKey, LeadsBackToItsScore) {
  constexpr float big = std::numeric_limits<float>::max(), tiny = std::numeric_limits<float>::denorm_min();
  for (const float score : {big, 1.5F, tiny, 0.0F, -tiny, -3.25F, -big})
    EXPECT_EQ(score_from_key(descending_key(score)), score);
}

TEST(SortDescending, LeavesEmptyAndSingleListsAlone) {
  std::vector<float> none, one{3.0F};
  sort_descending(none, [](float value) { return value; });
  sort_descending(one, [](float value) { return value; });
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(one, std::vector<float>{3.0F});
}

}  // namespace
}  // namespace vigie
