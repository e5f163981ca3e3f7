#include "vigie/search/nearest.h"

#include <fmt/format.h>
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

/// Rows near a few directions, as features are: `rank` strong directions and a little noise in all.
Tensor make_structured(std::int64_t rows, std::int64_t dims, std::int64_t rank, std::uint64_t seed,
                       double noise = 0.05) {
  const Tensor directions = make_cloud({rank, dims}, 77), along = make_cloud({rows, rank}, seed);
  Tensor out = make_cloud({rows, dims, 0, noise}, seed + 1);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t r = 0; r < rank; ++r)
      for (std::int64_t d = 0; d < dims; ++d)
        out.data<float>()[i * dims + d] += along.data<float>()[i * rank + r] * directions.data<float>()[r * dims + d];
  return out;
}

void expect_same(const Neighbours& found, const Neighbours& expected) {
  ASSERT_EQ(found.indices.shape(), expected.indices.shape());
  for (std::int64_t i = 0; i < expected.indices.count(); ++i) {
    ASSERT_EQ(found.indices.data<std::int64_t>()[i], expected.indices.data<std::int64_t>()[i]) << "entry " << i;
    ASSERT_EQ(found.distances.data<float>()[i], expected.distances.data<float>()[i]) << "entry " << i;
  }
}

const std::vector<NearestOptions> kEveryWay = {
    {Precision::Int8, true}, {Precision::Int8, false}, {Precision::F32, true}, {Precision::F32, false}};

void expect_equal_to_brute_force(const Tensor& bank, const Tensor& queries, std::int64_t k) {
  const Neighbours slow = search_brute_force(bank, queries, k);
  for (const NearestOptions& options : kEveryWay) {
    SCOPED_TRACE(fmt::format("{}, project {}", name_of(options.precision), options.project));
    expect_same(NearestNeighbours(bank, options).search(queries, k), slow);
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
  const Tensor bank = make_structured(2500, 300, 20, 11), queries = make_structured(300, 300, 20, 12);
  const int before = thread_budget();
  set_thread_budget(1);
  const Neighbours one = NearestNeighbours(bank).search(queries, 2);
  set_thread_budget(7);
  const Neighbours many = NearestNeighbours(bank).search(queries, 2);
  set_thread_budget(before);
  EXPECT_TRUE(std::ranges::equal(one.distances.values<float>(), many.distances.values<float>()));
  EXPECT_TRUE(std::ranges::equal(one.indices.values<std::int64_t>(), many.indices.values<std::int64_t>()));
}

TEST(Nearest, EqualsBruteForceOnStructuredData) {
  const Tensor bank = make_structured(2500, 300, 20, 21);
  for (const std::int64_t k : {1, 9, 300}) expect_equal_to_brute_force(bank, make_structured(60, 300, 20, 31), k);
  expect_equal_to_brute_force(bank, make_cloud({40, 300, 1, 10}, 32), 2);  // queries unlike the bank
}

TEST(Nearest, EqualsBruteForceOnAHundredThousandQueries) {
  const Tensor bank = make_structured(600, 48, 10, 41), queries = make_structured(100'000, 48, 10, 42);
  const Neighbours slow = search_brute_force(bank, queries, 1);
  expect_same(NearestNeighbours(bank).search(queries, 1), slow);
  expect_same(NearestNeighbours(bank, {Precision::F32, false}).search(queries, 1), slow);
}

TEST(Nearest, EqualsBruteForceWhenDistancesDifferInTheLastDigits) {
  // All rows lie on a sphere around the query, to within 1e-6 of its radius.
  const std::int64_t rows = 2600, dims = 260;
  const Tensor query = make_cloud({1, dims, 2, 1}, 51);
  Tensor bank = make_cloud({rows, dims}, 52);
  Random random(53);
  for (std::int64_t i = 0; i < rows; ++i) {
    float* row = bank.data<float>() + i * dims;
    double squared = 0;
    for (std::int64_t d = 0; d < dims; ++d) squared += static_cast<double>(row[d]) * row[d];
    const double length = 3 * (1 + 1e-6 * random.normal()) / std::sqrt(squared);
    for (std::int64_t d = 0; d < dims; ++d) row[d] = static_cast<float>(query.data<float>()[d] + length * row[d]);
  }
  expect_equal_to_brute_force(bank, query, 5);
}

TEST(Nearest, EqualsBruteForceWhenRowsAreNearlyIdentical) {
  Tensor bank = make_cloud({2400, 270, 0, 1, 1}, 54);
  const Tensor noise = make_cloud({2400, 270, 0, 1e-6}, 55);
  for (std::int64_t i = 0; i < bank.count(); ++i) bank.data<float>()[i] += noise.data<float>()[i];
  expect_equal_to_brute_force(bank, make_cloud({20, 270}, 56), 3);
  expect_equal_to_brute_force(bank, bank.rows(0, 20).clone(), 3);
}

TEST(Nearest, EqualsBruteForceAtEveryScale) {
  for (const double scale : {1e15, 1e-15, 1e-20, 1e-38}) {
    SCOPED_TRACE(scale);
    Tensor bank = make_structured(2300, 280, 8, 61), queries = make_structured(12, 280, 8, 62);
    for (Tensor* rows : {&bank, &queries})
      for (float& x : rows->values<float>()) x = static_cast<float>(x * scale);
    expect_equal_to_brute_force(bank, queries, 4);
  }
}

TEST(Nearest, EqualsBruteForceWhenQueriesLieFarBeyondTheBank) {
  expect_equal_to_brute_force(make_structured(2300, 280, 8, 63), make_cloud({12, 280, 0, 1e17}, 64), 4);
  expect_equal_to_brute_force(make_cloud({300, 30, 0, 1e-17}, 65), make_cloud({12, 30, 0, 1e17}, 66), 4);
}

TEST(Nearest, DimensionsThatDoNotVaryAndIdenticalRowsAreNoTrouble) {
  Tensor bank = make_structured(2300, 280, 3, 67, 0);  // rank 3
  for (std::int64_t i = 0; i < 2300; ++i) std::fill_n(bank.data<float>() + i * 280, 100, 7.0F);
  expect_equal_to_brute_force(bank, make_cloud({20, 280}, 68), 3);
  expect_equal_to_brute_force(Tensor::full({2300, 280}, 3.5F), make_cloud({5, 280}, 69), 2300);
}

TEST(Nearest, ABankOfOneRowWorks) {
  expect_equal_to_brute_force(make_cloud({1, 700}, 70), make_cloud({9, 700}, 71), 1);
  expect_equal_to_brute_force(make_cloud({1, 1}, 72), make_cloud({3, 1}, 73), 1);
}

TEST(Nearest, AStructuredBankIsSearchedAlongItsLeadingDirectionsAlone) {
  const std::int64_t rows = 3000, count = 100;
  const NearestNeighbours index(make_structured(rows, 400, 20, 81));
  SearchCounts counts;
  (void)index.search(make_structured(count, 400, 20, 82), 1, &counts);
  EXPECT_EQ(counts.projected, rows * count);
  EXPECT_EQ(counts.rounded + counts.products, 0);
  EXPECT_LT(counts.measured, 30 * count);
}

TEST(Nearest, ABankWithoutStructureIsSearchedInAllDimensions) {
  const std::int64_t rows = 3000, count = 50;
  const Tensor queries = make_cloud({count, 1000}, 84);
  for (const Precision precision : {Precision::Int8, Precision::F32}) {
    const NearestNeighbours index(make_cloud({rows, 1000}, 83), {precision, true});
    SearchCounts counts;
    (void)index.search(queries, 1, &counts);
    EXPECT_EQ(counts.projected, 0);
    EXPECT_GE(counts.rounded + counts.products, rows * count);
    EXPECT_LT(counts.measured, rows * count / 20);
  }
}

TEST(Nearest, TheMemoryIsWhatTheHeaderSays) {
  const std::int64_t rows = 64 * 40, dims = 400;
  const NearestNeighbours plain(make_structured(rows, dims, 10, 85), {Precision::F32, false});
  EXPECT_EQ(plain.bytes(), 8 * rows);
  const NearestNeighbours f32(plain.bank(), {Precision::F32, true});
  EXPECT_LE(f32.bytes(), rows * 528);
  if (!runs_here(Precision::Int8)) GTEST_SKIP() << "no AVX512-VNNI here";
  const NearestNeighbours int8(plain.bank());
  EXPECT_LE(int8.bytes(), rows * (dims + 16) + rows * 144 + 8 * rows);
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
