#include "vigie/search/approximate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "vigie/core/error.h"
#include "vigie/core/random.h"
#include "vigie/core/threads.h"

namespace vigie {
namespace {

/// Rows near 30 centres of a plane of 10 directions.
Tensor clustered(std::int64_t rows, std::uint64_t seed) {
  constexpr std::int64_t kDims = 48;
  Random centres_random(5), random(seed);
  std::vector<float> centres(30 * kDims);
  for (float& x : centres) x = static_cast<float>(4 * centres_random.normal());
  Tensor out({rows, kDims});
  for (std::int64_t i = 0; i < rows; ++i) {
    const float* centre = centres.data() + static_cast<std::int64_t>(random.below(30)) * kDims;
    for (std::int64_t d = 0; d < kDims; ++d)
      out.data<float>()[i * kDims + d] =
          centre[d] + static_cast<float>(random.normal() / static_cast<double>(1 + d % 8));
  }
  return out;
}

constexpr ApproximateKind kKinds[] = {ApproximateKind::Ivf, ApproximateKind::Hnsw, ApproximateKind::Pq};

class Approximate : public testing::TestWithParam<ApproximateKind> {
 protected:
  void SetUp() override {
    if (!ApproximateNeighbours::available()) GTEST_SKIP() << "built without FAISS";
  }
};

TEST_P(Approximate, FindsNearlyAllNearestRowsAndTheirExactDistances) {
  const Tensor bank = clustered(4000, 1), queries = clustered(500, 2);
  const ApproximateNeighbours index(bank, GetParam());
  const Neighbours found = index.search(queries, 3), exact = NearestNeighbours(bank).search(queries, 3);
  int hits = 0;
  for (std::int64_t q = 0; q < 500; ++q) {
    const bool same = found.indices.data<std::int64_t>()[3 * q] == exact.indices.data<std::int64_t>()[3 * q];
    hits += same ? 1 : 0;
    if (same) {
      ASSERT_EQ(found.distances.data<float>()[3 * q], exact.distances.data<float>()[3 * q]);
    }
    ASSERT_TRUE(std::is_sorted(found.distances.data<float>() + 3 * q, found.distances.data<float>() + 3 * q + 3));
  }
  EXPECT_GE(hits, 450);
  EXPECT_GE(index.recall(), 0.9);
  EXPECT_LE(index.recall(), 1.0);
}

TEST_P(Approximate, EveryBankRowFindsItself) {
  const Tensor bank = clustered(1100, 3);
  const Neighbours found = ApproximateNeighbours(bank, GetParam()).search(bank, 1);
  std::int64_t own = 0;
  for (std::int64_t i = 0; i < 1100; ++i)
    own += found.indices.data<std::int64_t>()[i] == i && found.distances.data<float>()[i] == 0 ? 1 : 0;
  EXPECT_GE(own, 1090);
}

TEST_P(Approximate, TheSameBankGivesTheSameAnswersForAnyThreadBudget) {
  const Tensor bank = clustered(2000, 4), queries = clustered(300, 5);
  const Neighbours first = ApproximateNeighbours(bank, GetParam()).search(queries, 2);
  const int before = thread_budget();
  set_thread_budget(1);
  const Neighbours again = ApproximateNeighbours(bank, GetParam()).search(queries, 2);
  set_thread_budget(before);
  EXPECT_TRUE(std::ranges::equal(first.indices.values<std::int64_t>(), again.indices.values<std::int64_t>()));
  EXPECT_TRUE(std::ranges::equal(first.distances.values<float>(), again.distances.values<float>()));
}

TEST_P(Approximate, GivesAsManyNeighboursAsAskedForEvenWhenFewWereSeen) {
  const Tensor bank = clustered(1100, 6);
  const Neighbours found = ApproximateNeighbours(bank, GetParam()).search(bank.rows(0, 2), 1100);
  for (std::int64_t q = 0; q < 2; ++q) {
    const std::int64_t* row = found.indices.data<std::int64_t>() + q * 1100;
    EXPECT_EQ(std::set<std::int64_t>(row, row + 1100).size(), 1100u);
  }
}

TEST_P(Approximate, RefusesSmallBanksAndImpossibleRequests) {
  EXPECT_THROW(ApproximateNeighbours(clustered(1023, 7), GetParam()), Error);
  const ApproximateNeighbours index(clustered(1100, 8), GetParam());
  EXPECT_THROW((void)index.search(clustered(1, 1), 0), Error);
  EXPECT_THROW((void)index.search(clustered(1, 1), 1101), Error);
  EXPECT_THROW((void)index.search(Tensor::zeros({1, 5}), 1), Error);
}

INSTANTIATE_TEST_SUITE_P(Faiss, Approximate, testing::ValuesIn(kKinds));

TEST(ApproximateKindName, UnknownNamesAreRefused) {
  EXPECT_EQ(approximate_kind_from_name("hnsw"), ApproximateKind::Hnsw);
  EXPECT_THROW((void)approximate_kind_from_name("lsh"), Error);
}

TEST(Approximate, WithoutFaissSaysSo) {
  try {
    const ApproximateNeighbours index(clustered(2000, 1), ApproximateKind::Ivf);
    EXPECT_TRUE(ApproximateNeighbours::available());
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Unsupported);
  }
}

}  // namespace
}  // namespace vigie
