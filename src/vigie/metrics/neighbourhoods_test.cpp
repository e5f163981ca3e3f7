#include "vigie/metrics/neighbourhoods.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "vigie/core/random.h"

namespace vigie {
namespace {

Tensor line(std::vector<float> places) {
  return Tensor::from({static_cast<std::int64_t>(places.size()), 1}, places);
}

/// Few different values, so that many vectors are equal.
Tensor coarse_vectors(std::int64_t count, std::int64_t dims, std::uint64_t seed) {
  Random random(seed);
  Tensor out({count, dims});
  for (float& value : out.values<float>()) value = static_cast<float>(random.below(3));
  return out;
}

/// The obvious way: all distances, sorted, the lower index first.
std::vector<std::pair<double, std::int64_t>> others_by_distance(const Tensor& vectors, std::int64_t i) {
  std::vector<std::pair<double, std::int64_t>> others;
  const std::int64_t dims = vectors.dim(1);
  for (std::int64_t j = 0; j < vectors.dim(0); ++j) {
    double squares = 0;
    for (std::int64_t d = 0; d < dims; ++d)
      squares += std::pow(vectors.data<float>()[i * dims + d] - vectors.data<float>()[j * dims + d], 2);
    if (j != i) others.emplace_back(std::sqrt(squares), j);
  }
  std::ranges::sort(others);
  return others;
}

TEST(NearestOthers, EqualTheObviousSearchAlsoAmongEqualVectors) {
  for (const std::int64_t dims : {1, 2, 5}) {
    const Tensor vectors = coarse_vectors(60, dims, static_cast<std::uint64_t>(dims));
    for (const std::int64_t k : {1, 4, 59}) {
      const NearestOthers nearest = nearest_others(vectors, k);
      for (std::int64_t i = 0; i < 60; ++i) {
        const auto wanted = others_by_distance(vectors, i);
        for (std::int64_t j = 0; j < k; ++j) {
          ASSERT_EQ(nearest.indices.data<std::int64_t>()[i * k + j], wanted[j].second) << dims << " dims, K " << k;
          ASSERT_NEAR(nearest.distances.data<float>()[i * k + j], wanted[j].first, 1e-6);
        }
      }
    }
  }
}

TEST(NearestOthers, ThereMustBeEnough) {
  EXPECT_THROW(nearest_others(line({1, 2, 3}), 3), Error);
  EXPECT_THROW(nearest_others(line({1, 2, 3}), 0), Error);
}

TEST(NeighbourOverlap, IsNoneWhereGoodAndDefectiveLiveApart) {
  const NeighbourOverlap overlap =
      neighbour_overlap(line({0, 1, 2, 100, 101, 102}), {false, false, false, true, true, true}, 2);
  EXPECT_EQ(overlap.neighbours, 2);
  EXPECT_EQ(overlap.defects, 0);
  EXPECT_EQ(overlap.good, 1);
  EXPECT_DOUBLE_EQ(overlap.defects_chance, 3.0 / 5);
  EXPECT_DOUBLE_EQ(overlap.good_chance, 2.0 / 5);
}

TEST(NeighbourOverlap, CountsByHand) {
  // good at 0, 2, 5; defects at 1 (nearest 0 and 2: both good) and 9 (nearest 5, 2: both good)
  // good 0: 1 2 -> 1/2; good 2: 1 0 -> 1/2; good 5: 2 1 (3, 4 away; 9 is 4 away too, but later) -> 1/2
  const NeighbourOverlap overlap = neighbour_overlap(line({0, 1, 2, 5, 9}), {false, true, false, false, true}, 2);
  EXPECT_DOUBLE_EQ(overlap.defects, 1);
  EXPECT_DOUBLE_EQ(overlap.good, 0.5);
}

TEST(NeighbourOverlap, OfShuffledLabelsIsTheShareByChance) {
  Random random(3);
  Tensor vectors({400, 3});
  for (float& value : vectors.values<float>()) value = static_cast<float>(random.normal());
  std::vector<bool> defective;
  for (int i = 0; i < 400; ++i) defective.push_back(random.uniform() < 0.3);
  const NeighbourOverlap overlap = neighbour_overlap(vectors, defective, 10);
  EXPECT_NEAR(overlap.defects, overlap.defects_chance, 0.04);
  EXPECT_NEAR(overlap.good, overlap.good_chance, 0.04);
}

TEST(NeighbourOverlap, WithoutASideIsUndefinedAndKIsLowered) {
  const NeighbourOverlap no_defects = neighbour_overlap(line({0, 1, 2}), {false, false, false}, 10);
  EXPECT_EQ(no_defects.neighbours, 2);
  EXPECT_TRUE(std::isnan(no_defects.defects) && std::isnan(no_defects.defects_chance));
  EXPECT_EQ(no_defects.good, 1);
  EXPECT_TRUE(std::isnan(neighbour_overlap(line({0}), {false}, 10).good));
  EXPECT_THROW(neighbour_overlap(line({0, 1}), {true}, 1), Error);
}

TEST(MeanPairDistance, IsTheMeanOverAllPairs) {
  EXPECT_DOUBLE_EQ(mean_pair_distance(line({0, 1, 4})), (1 + 4 + 3) / 3.0);
  EXPECT_DOUBLE_EQ(mean_pair_distance(Tensor::from({2, 2}, std::vector<float>{0, 0, 3, 4})), 5);
  EXPECT_TRUE(std::isnan(mean_pair_distance(line({7}))));
}

}  // namespace
}  // namespace vigie
