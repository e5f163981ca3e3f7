#pragma once

#include <cstdint>

namespace vigie {

/// C[m n] = alpha · A[m k] · B[n k]ᵀ + beta · C, row-major, through oneDNN's sgemm (so no second BLAS and no second
/// thread pool).
void multiply_transposed(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, const float* a, const float* b,
                         float beta, float* c);

/// C[m n] = alpha · A[m k] · B[k n] + beta · C.
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, const float* a, const float* b, float beta,
              float* c);

}  // namespace vigie
