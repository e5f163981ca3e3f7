#include "vigie/search/nearest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "vigie/core/error.h"
#include "vigie/core/random.h"
#include "vigie/core/threads.h"
#include "vigie/search/distance.h"

namespace vigie {
namespace {

struct Cloud {
  std::int64_t rows, dims;
  double centre = 0;          ///< added to every coordinate
  double spread = 1;          ///< standard deviation
  std::int64_t distinct = 0;  ///< > 0: rows repeat after this many
};

Tensor make_cloud(const Cloud& cloud, std::uint64_t seed) {
  Random random(seed);
  Tensor out({cloud.rows, cloud.dims});
  float* data = out.data<float>();
  for (std::int64_t i = 0; i < out.count(); ++i) {
    const std::int64_t period = cloud.distinct * cloud.dims;
    const bool repeat = period > 0 && i >= period;
    data[i] = repeat ? data[i - period] : static_cast<float>(cloud.centre + cloud.spread * random.normal());
  }
  return out;
}

Tensor make_clusters(std::int64_t rows, std::int64_t dims, std::uint64_t seed) {
  const Tensor centres = make_cloud({7, dims, 3, 5}, 99);
  Tensor out = make_cloud({rows, dims, 0, 0.01}, seed);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t d = 0; d < dims; ++d) out.data<float>()[i * dims + d] += centres.data<float>()[i % 7 * dims + d];
  return out;
}

void expect_equal_to_brute_force(const Tensor& bank, const Tensor& queries, std::int64_t k) {
  const Neighbours fast = NearestNeighbours(bank).search(queries, k);
  const Neighbours slow = search_brute_force(bank, queries, k);
  ASSERT_EQ(fast.indices.shape(), (Shape{queries.dim(0), k}));
  for (std::int64_t i = 0; i < slow.indices.count(); ++i) {
    ASSERT_EQ(fast.indices.data<std::int64_t>()[i], slow.indices.data<std::int64_t>()[i]) << "entry " << i;
    ASSERT_EQ(fast.distances.data<float>()[i], slow.distances.data<float>()[i]) << "entry " << i;
  }
}

TEST(Nearest, FindsTheNearestOfAHandMadeBank) {
  const Tensor bank = Tensor::from({3, 2}, std::vector<float>{0, 0, 3, 4, 1, 0});
  const Neighbours found = NearestNeighbours(bank).search(Tensor::from({1, 2}, std::vector<float>{0, 0}), 3);
  EXPECT_EQ(std::vector<std::int64_t>(found.indices.data<std::int64_t>(), found.indices.data<std::int64_t>() + 3),
            (std::vector<std::int64_t>{0, 2, 1}));
  EXPECT_FLOAT_EQ(found.distances.data<float>()[2], 5);
}

TEST(Nearest, EqualsBruteForceOnRandomData) {
  for (const std::int64_t k : {1, 9, 100})
    expect_equal_to_brute_force(make_cloud({1300, 77}, 1), make_cloud({211, 77}, 2), k);
}

TEST(Nearest, EqualsBruteForceOnTightClusters) {
  expect_equal_to_brute_force(make_clusters(1500, 40, 3), make_clusters(100, 40, 4), 3);
}

TEST(Nearest, EqualsBruteForceFarFromTheOrigin) {
  // At 1e4 the products' rounding errors are far larger than the distances themselves.
  expect_equal_to_brute_force(make_cloud({700, 33, 1e4, 0.01}, 5), make_cloud({60, 33, 1e4, 0.01}, 6), 5);
}

TEST(Nearest, EqualsBruteForceWhenOneBankRowIsFarAway) {
  Tensor bank = make_cloud({1100, 20}, 7);
  std::fill_n(bank.data<float>(), 20, 1e6F);
  expect_equal_to_brute_force(bank, make_cloud({50, 20}, 8), 4);
}

TEST(Nearest, TiesGoToTheLowerIndexAmongDuplicatedRows) {
  const Tensor bank = make_cloud({1200, 16, 0, 1, 100}, 9);
  const Neighbours found = NearestNeighbours(bank).search(bank.rows(0, 100), 3);
  for (std::int64_t q = 0; q < 100; ++q) {
    for (std::int64_t j = 0; j < 3; ++j) {
      ASSERT_EQ(found.indices.data<std::int64_t>()[q * 3 + j], q + 100 * j);
      ASSERT_EQ(found.distances.data<float>()[q * 3 + j], 0);
    }
  }
  expect_equal_to_brute_force(bank, make_cloud({40, 16}, 10), 30);
}

TEST(Nearest, TheResultDoesNotDependOnTheThreadBudget) {
  const Tensor bank = make_cloud({900, 50}, 11), queries = make_cloud({300, 50}, 12);
  const int before = thread_budget();
  set_thread_budget(1);
  const Neighbours one = NearestNeighbours(bank).search(queries, 2);
  set_thread_budget(7);
  const Neighbours many = NearestNeighbours(bank).search(queries, 2);
  set_thread_budget(before);
  EXPECT_TRUE(std::ranges::equal(one.distances.values<float>(), many.distances.values<float>()));
  EXPECT_TRUE(std::ranges::equal(one.indices.values<std::int64_t>(), many.indices.values<std::int64_t>()));
}

TEST(Nearest, RefusesImpossibleRequests) {
  const NearestNeighbours index(make_cloud({10, 4}, 1));
  EXPECT_THROW((void)index.search(make_cloud({1, 4}, 1), 0), Error);
  EXPECT_THROW((void)index.search(make_cloud({1, 4}, 1), 11), Error);
  EXPECT_THROW((void)index.search(make_cloud({1, 5}, 1), 1), Error);
  EXPECT_THROW((void)index.search(Tensor::full({1, 4}, std::numeric_limits<float>::quiet_NaN()), 1), Error);
  EXPECT_THROW(NearestNeighbours(Tensor({0, 4})), Error);
  EXPECT_THROW(NearestNeighbours(Tensor::full({2, 2}, std::numeric_limits<float>::infinity())), Error);
}

TEST(Distance, AgreesWithDoublePrecisionForEveryLength) {
  const Tensor rows = make_cloud({2, 200, 5, 1}, 13);
  const float* a = rows.data<float>();
  const float* b = a + 200;
  double expected = 0;
  for (std::int64_t n = 1; n <= 200; ++n) {
    expected += std::pow(static_cast<double>(a[n - 1]) - b[n - 1], 2);
    ASSERT_NEAR(squared_distance(a, b, n), expected, 1e-6 * expected);
  }
}

}  // namespace
}  // namespace vigie
