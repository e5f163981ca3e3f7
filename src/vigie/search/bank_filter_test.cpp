#include "vigie/search/bank_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "vigie/core/precision.h"
#include "vigie/core/random.h"
#include "vigie/search/int8_tile.h"
#include "vigie/search/leading_basis.h"

namespace vigie {
namespace {

Tensor random_rows(std::int64_t rows, std::int64_t dims, std::uint64_t seed, double centre = 0) {
  Random random(seed);
  Tensor out({rows, dims});
  for (std::int64_t i = 0; i < out.count(); ++i)
    out.data<float>()[i] = static_cast<float>(centre + random.normal() / static_cast<double>(1 + i % dims));
  return out;
}

double distance(const float* x, const float* y, std::int64_t dims) {
  double squared = 0;
  for (std::int64_t d = 0; d < dims; ++d) squared += std::pow(static_cast<double>(x[d]) - y[d], 2.0);
  return std::sqrt(squared);
}

/// Every lower bound is below the true distance, and a row exactly at the limit stays.
void expect_valid_bounds(const BankFilter& filter, const Tensor& bank, const Tensor& queries) {
  const std::int64_t rows = bank.dim(0), dims = bank.dim(1), count = queries.dim(0);
  const auto scan = filter.prepare(queries.data<float>(), count);
  std::vector<std::vector<Survivor>> all(static_cast<std::size_t>(count));
  const std::vector<float> none(all.size(), std::numeric_limits<float>::infinity());
  scan->scan(0, rows, none, all);
  for (std::int64_t q = 0; q < count; ++q) {
    ASSERT_EQ(static_cast<std::int64_t>(all[q].size()), rows);
    for (const Survivor& s : all[q])
      ASSERT_LE(s.lower, distance(queries.data<float>() + q * dims, bank.data<float>() + s.row * dims, dims));
  }
  for (std::int64_t row = 0; row < rows; row += 37) {
    std::vector<float> limits;
    for (std::int64_t q = 0; q < count; ++q)
      limits.push_back(static_cast<float>(
          distance(queries.data<float>() + q * dims, bank.data<float>() + row * dims, dims) * (1 + 1e-7)));
    std::vector<std::vector<Survivor>> kept(all.size());
    scan->scan(0, rows, limits, kept);
    for (const auto& survivors : kept)
      ASSERT_TRUE(std::ranges::any_of(survivors, [&](const Survivor& s) { return s.row == row; })) << "row " << row;
  }
}

TEST(BankFilter, EveryFormBoundsEveryDistanceFromBelow) {
  for (const double centre : {0.0, 1e3}) {
    const Tensor bank = random_rows(300, 290, 1, centre), queries = random_rows(20, 290, 2, centre);
    const Sketch centred = Sketch::centred(bank);
    const auto projected = centred.projected(bank, 40);
    ASSERT_TRUE(projected.has_value());
    expect_valid_bounds(*f32_filter(bank), bank, queries);
    expect_valid_bounds(*f32_filter(bank, *projected), bank, queries);
    if (!runs_here(Precision::Int8)) continue;
    expect_valid_bounds(*int8_filter(bank, centred), bank, queries);
    expect_valid_bounds(*int8_filter(bank, *projected), bank, queries);
  }
}

TEST(BankFilter, TheBoundsOfAProjectionAreTight) {
  const Tensor bank = random_rows(300, 290, 1), queries = random_rows(20, 290, 2);
  const auto filter = f32_filter(bank, *Sketch::centred(bank).projected(bank, 100));
  std::vector<std::vector<Survivor>> all(20);
  const std::vector<float> none(20, std::numeric_limits<float>::infinity());
  filter->prepare(queries.data<float>(), 20)->scan(0, 300, none, all);
  for (std::int64_t q = 0; q < 20; ++q)
    for (const Survivor& s : all[q])
      EXPECT_GT(s.lower, 0.95 * distance(queries.data<float>() + q * 290, bank.data<float>() + s.row * 290, 290));
}

TEST(RowOrder, VisitsEveryRowOnceAndSpreadsTheFirstOnes) {
  for (const std::int64_t rows : {1, 2, 3, 64, 618, 1000, 4097}) {
    const RowOrder order(rows);
    std::vector<std::int64_t> visits(static_cast<std::size_t>(rows)), quarters(4);
    for (std::int64_t place = 0; place < rows; ++place) {
      ++visits[order.row_at(place)];
      if (place < rows / 8) ++quarters[4 * order.row_at(place) / rows];
    }
    EXPECT_EQ(std::ranges::count(visits, 1), rows);
    if (rows < 64) continue;
    for (const std::int64_t visited : quarters) EXPECT_GT(visited, rows / 50);
  }
}

TEST(Int8Tile, AgreesWithPlainLoops) {
  if (!runs_here(Precision::Int8)) GTEST_SKIP() << "no AVX512-VNNI here";
  Random random(3);
  for (const std::int64_t steps : {1, 7, 100}) {
    std::vector<std::int8_t> rows(static_cast<std::size_t>(steps * 4 * kTileRows));
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(steps * 4 * kTileQueries));
    for (auto& x : rows) x = static_cast<std::int8_t>(static_cast<int>(random.below(255)) - 127);
    for (auto& x : codes) x = static_cast<std::uint8_t>(1 + random.below(255));
    std::vector<std::int32_t> start(kTileRows);
    std::vector<float> inverse(kTileRows), norm(kTileRows), error(kTileRows), constant(kTileQueries),
        weight(kTileQueries), reach(kTileQueries);
    for (auto& x : start) x = static_cast<std::int32_t>(random.below(1000));
    for (auto* values : {&inverse, &norm, &error, &weight, &reach})
      for (float& x : *values) x = static_cast<float>(random.uniform(0.5, 2));
    for (float& x : constant) x = static_cast<float>(1000 * static_cast<double>(steps) * random.normal());
    constant[2] = std::numeric_limits<float>::quiet_NaN();  // keeps all
    const Int8Tile tile{rows.data(), start.data(), inverse.data(), norm.data(), error.data()};
    const Int8Queries queries{codes.data(), constant.data(), weight.data(), reach.data()};
    std::int32_t fast[kTileQueries][kTileRows], slow[kTileQueries][kTileRows];
    std::uint64_t fast_masks[kTileQueries], slow_masks[kTileQueries];
    int8_tile(tile, queries, steps, fast, fast_masks);
    int8_tile_reference(tile, queries, steps, slow, slow_masks);
    for (std::int64_t q = 0; q < kTileQueries; ++q) {
      EXPECT_EQ(fast_masks[q], slow_masks[q]);
      for (std::int64_t r = 0; r < kTileRows; ++r) ASSERT_EQ(fast[q][r], slow[q][r]);
    }
    EXPECT_EQ(fast_masks[2], ~std::uint64_t{0});
  }
}

TEST(LeadingBasis, IsOrthonormalAndHoldsTheLeadingVariance) {
  const Tensor rows = random_rows(500, 120, 4);  // standard deviation 1 / (1 + d)
  const Tensor basis = leading_basis(rows, 10);
  ASSERT_EQ(basis.shape(), (Shape{10, 120}));
  EXPECT_LT(orthonormality_defect(basis), 1e-5);
  double held = 0, all = 0;
  for (std::int64_t i = 0; i < 500; ++i) {
    for (std::int64_t d = 0; d < 120; ++d) all += std::pow(rows.data<float>()[i * 120 + d], 2.0);
    for (std::int64_t j = 0; j < 10; ++j) {
      double along = 0;
      for (std::int64_t d = 0; d < 120; ++d)
        along += static_cast<double>(rows.data<float>()[i * 120 + d]) * basis.data<float>()[j * 120 + d];
      held += along * along;
    }
  }
  EXPECT_GT(held / all, 0.93);  // the best 10 directions hold 0.947 of it
}

TEST(LeadingBasis, OfRowsOfLowRankHasFewerDirections) {
  Tensor rows = random_rows(50, 30, 5);
  for (std::int64_t i = 0; i < 50; ++i) std::fill_n(rows.data<float>() + i * 30 + 3, 27, 0.0F);
  const Tensor basis = leading_basis(rows, 10);
  EXPECT_EQ(basis.dim(0), 3);
  EXPECT_LT(orthonormality_defect(basis), 1e-5);
  EXPECT_EQ(leading_basis(Tensor::zeros({5, 4}), 3).dim(0), 0);
}

}  // namespace
}  // namespace vigie
