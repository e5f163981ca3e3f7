#include "vigie/search/matrix_product.h"

#include <gtest/gtest.h>

#include <vector>

#include "vigie/core/error.h"
#include "vigie/core/random.h"
#include "vigie/core/threads.h"

namespace vigie {
namespace {

std::vector<float> random_values(std::int64_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& x : values) x = static_cast<float>(random.normal());
  return values;
}

TEST(MatrixProduct, AgreesWithTheDefinition) {
  const std::int64_t m = 201, n = 37, k = 19;  // more rows than a tile
  const auto a = random_values(m * k, 1), b = random_values(n * k, 2), start = random_values(m * n, 3);
  std::vector<float> b_columns(b.size());
  for (std::int64_t j = 0; j < n; ++j)
    for (std::int64_t p = 0; p < k; ++p) b_columns[p * n + j] = b[j * k + p];
  std::vector<float> transposed = start, plain = start;
  multiply_transposed(m, n, k, 2, a.data(), b.data(), 0.5F, transposed.data());
  multiply(m, n, k, 2, a.data(), b_columns.data(), 0.5F, plain.data());
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      double expected = 0.5 * start[i * n + j];
      for (std::int64_t p = 0; p < k; ++p) expected += 2.0 * a[i * k + p] * b[j * k + p];
      ASSERT_NEAR(transposed[i * n + j], expected, 1e-4);
      ASSERT_NEAR(plain[i * n + j], expected, 1e-4);
    }
  }
}

TEST(MatrixProduct, IsTheSameToTheBitForAnyThreadBudget) {
  const std::int64_t m = 500, n = 2100, k = 300;  // several tiles both ways
  const auto a = random_values(m * k, 1), b = random_values(n * k, 2);
  std::vector<float> one(m * n), many(m * n);
  const int before = thread_budget();
  set_thread_budget(1);
  multiply_transposed(m, n, k, 1, a.data(), b.data(), 0, one.data());
  set_thread_budget(8);
  multiply_transposed(m, n, k, 1, a.data(), b.data(), 0, many.data());
  set_thread_budget(before);
  EXPECT_EQ(one, many);
}

TEST(MatrixProduct, RefusesAnEmptySum) {
  float c = 0;
  EXPECT_THROW(multiply(1, 1, 0, 1, &c, &c, 0, &c), Error);
}

}  // namespace
}  // namespace vigie
