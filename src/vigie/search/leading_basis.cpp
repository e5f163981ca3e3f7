#include "vigie/search/leading_basis.h"

#include <algorithm>
#include <cmath>

#include "vigie/core/random.h"
#include "vigie/core/threads.h"
#include "vigie/search/matrix_product.h"
#include "vigie/search/sum_of_squares.h"

namespace vigie {

namespace {

Tensor gaussian(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
  Random random(seed);
  Tensor out({rows, columns});
  for (float& x : out.values<float>()) x = static_cast<float>(random.normal());
  return out;
}

Tensor transposed(const Tensor& a) {
  const std::int64_t rows = a.dim(0), columns = a.dim(1);
  Tensor out({columns, rows});
  const float* in = a.data<float>();
  float* to = out.data<float>();
  parallel_for(
      columns,
      [&](std::int64_t c) {
        for (std::int64_t r = 0; r < rows; ++r) to[c * rows + r] = in[r * columns + c];
      },
      16);
  return out;
}

/// A [m k] · B [n k]ᵀ.
Tensor product_transposed(const Tensor& a, const Tensor& b) {
  Tensor out({a.dim(0), b.dim(0)});
  multiply_transposed(a.dim(0), b.dim(0), a.dim(1), 1, a.data<float>(), b.data<float>(), 0, out.data<float>());
  return out;
}

double dot(const float* x, const float* y, std::int64_t count) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < count; ++i) sum += static_cast<double>(x[i]) * y[i];
  return sum;
}

/// Makes the rows of `a` [d D] orthonormal in place (Gram-Schmidt, each row against the earlier ones twice), and drops
/// rows that depend on earlier ones.
Tensor orthonormal_rows(const Tensor& a) {
  constexpr double kDependent = 1e-4;  // of a row's length; below, what is left is mostly rounding
  const std::int64_t dims = a.dim(1);
  Tensor out = a.clone();
  std::int64_t kept = 0;
  for (std::int64_t i = 0; i < a.dim(0); ++i) {
    float* row = out.data<float>() + kept * dims;
    std::copy_n(a.data<float>() + i * dims, dims, row);
    const double before = std::sqrt(sum_of_squares(row, dims));
    for (int pass = 0; pass < 2; ++pass)
      for (std::int64_t j = 0; j < kept; ++j) {
        const float* earlier = out.data<float>() + j * dims;
        const auto along = static_cast<float>(dot(earlier, row, dims));
        for (std::int64_t d = 0; d < dims; ++d) row[d] -= along * earlier[d];
      }
    const double length = std::sqrt(sum_of_squares(row, dims));
    if (!(length > kDependent * before)) continue;
    for (std::int64_t d = 0; d < dims; ++d) row[d] = static_cast<float>(row[d] / length);
    ++kept;
  }
  return out.rows(0, kept);
}

}  // namespace

Tensor leading_basis(const Tensor& rows, std::int64_t count) {
  const std::int64_t d = std::min({count, rows.dim(0), rows.dim(1)});
  const Tensor columns = transposed(rows);  // [D N]
  Tensor basis = orthonormal_rows(product_transposed(gaussian(d, rows.dim(0), 1), columns));
  if (basis.dim(0) == 0) return basis;
  basis = orthonormal_rows(product_transposed(product_transposed(basis, rows), columns));
  const std::int64_t rank = basis.dim(0);
  if (rank == 0) return basis;
  const Tensor turn = orthonormal_rows(gaussian(rank, rank, 2));
  Tensor turned({turn.dim(0), rows.dim(1)});
  multiply(turn.dim(0), rows.dim(1), rank, 1, turn.data<float>(), basis.data<float>(), 0, turned.data<float>());
  return orthonormal_rows(turned);
}

double orthonormality_defect(const Tensor& basis) {
  const std::int64_t count = basis.dim(0), dims = basis.dim(1);
  std::vector<double> squares(static_cast<std::size_t>(count));
  parallel_for(count, [&](std::int64_t i) {
    for (std::int64_t j = 0; j < count; ++j) {
      const double off = dot(basis.data<float>() + i * dims, basis.data<float>() + j * dims, dims) - (i == j ? 1 : 0);
      squares[i] += off * off;
    }
  });
  double sum = 0;
  for (const double square : squares) sum += square;
  return std::sqrt(sum);
}

}  // namespace vigie
