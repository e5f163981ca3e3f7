#include "vigie/search/matrix_product.h"

#include <dnnl.h>

#include <algorithm>

#include "vigie/core/error.h"
#include "vigie/core/threads.h"
#include "vigie/search/one_thread.h"

namespace vigie {

namespace {

// Fixed tiles, one thread each: the order of every sum is then the same for any thread budget.
constexpr std::int64_t kTileRows = 192;
constexpr std::int64_t kTileColumns = 2048;

struct Product {
  bool transpose_b;
  std::int64_t m, n, k;
  float alpha;
  const float* a;
  const float* b;
  float beta;
  float* c;
};

void compute_tile(const Product& p, std::int64_t row, std::int64_t column) {
  const OneThread guard;
  const std::int64_t rows = std::min(kTileRows, p.m - row);
  const std::int64_t columns = std::min(kTileColumns, p.n - column);
  const float* b = p.transpose_b ? p.b + column * p.k : p.b + column;
  const dnnl_status_t status = dnnl_sgemm('N', p.transpose_b ? 'T' : 'N', rows, columns, p.k, p.alpha, p.a + row * p.k,
                                          p.k, b, p.transpose_b ? p.k : p.n, p.beta, p.c + row * p.n + column, p.n);
  if (status != dnnl_success)
    fail(ErrorKind::Internal, "multiply", "oneDNN refused a product {} x {} x {} (status {})", rows, columns, p.k,
         static_cast<int>(status));
}

void compute(const Product& p) {
  VIGIE_CHECK(p.m >= 0 && p.n >= 0 && p.k > 0, "multiply", "invalid sizes {} x {} x {}", p.m, p.n, p.k);
  const std::int64_t down = (p.m + kTileRows - 1) / kTileRows;
  const std::int64_t across = (p.n + kTileColumns - 1) / kTileColumns;
  parallel_for(down * across,
               [&](std::int64_t tile) { compute_tile(p, tile / across * kTileRows, tile % across * kTileColumns); });
}

}  // namespace

void multiply_transposed(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, const float* a, const float* b,
                         float beta, float* c) {
  compute({true, m, n, k, alpha, a, b, beta, c});
}

void multiply(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, const float* a, const float* b, float beta,
              float* c) {
  compute({false, m, n, k, alpha, a, b, beta, c});
}

}  // namespace vigie
