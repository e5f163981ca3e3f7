#include "vigie/search/nearest.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "vigie/core/error.h"
#include "vigie/core/threads.h"
#include "vigie/search/candidates.h"
#include "vigie/search/distance.h"
#include "vigie/search/matrix_product.h"

namespace vigie {

namespace {

constexpr std::int64_t kBankBlock = 512;          // with kLargestQueryBlock: a tile of products that stays in L2
constexpr std::int64_t kLargestQueryBlock = 192;  // one tile of multiply_transposed
constexpr std::int64_t kSmallestQueryBlock = 32;

std::vector<float> squared_norms(const Tensor& rows, const char* what) {
  const std::int64_t dims = rows.dim(1);
  const float* data = rows.data<float>();
  std::vector<float> norms(rows.dim(0));
  parallel_for(
      rows.dim(0), [&](std::int64_t i) { norms[i] = static_cast<float>(squared_norm(data + i * dims, dims)); }, 256);
  for (std::size_t i = 0; i < norms.size(); ++i)
    VIGIE_CHECK(std::isfinite(norms[i]), "NearestNeighbours", "{} row {} is not finite", what, i);
  return norms;
}

/// How far |b|² − 2 q·b + |q|² in floats, and the direct distance itself, may stray from the truth, together; norms of
/// q and b. A dot product of D floats errs by at most D·u·|q||b| in any order (Higham 2002, ch. 3); u = 2⁻²⁴.
float error_bound(std::int64_t dims, double query_norm, double bank_norm) {
  constexpr double kUnit = 0x1.0p-24;
  const double reach = query_norm + bank_norm;
  const double relative = (0.6 * static_cast<double>(dims) + 24) * kUnit;
  const double underflow = 4.0 * static_cast<double>(dims) * std::numeric_limits<float>::min();
  return static_cast<float>(relative * reach * reach + underflow);
}

struct Scored {
  float squared;
  std::int64_t index;
  bool operator<(const Scored& other) const {
    return squared != other.squared ? squared < other.squared : index < other.index;
  }
};

/// The k best of `indices` by direct distance; ties go to the lower index.
void measure(const float* query, const Tensor& bank, const std::vector<std::int64_t>& indices, std::int64_t k,
             float* distances, std::int64_t* nearest) {
  const std::int64_t dims = bank.dim(1);
  std::vector<Scored> scored;
  scored.reserve(indices.size());
  for (const std::int64_t i : indices)
    scored.push_back({squared_distance(query, bank.data<float>() + i * dims, dims), i});
  std::partial_sort(scored.begin(), scored.begin() + k, scored.end());
  for (std::int64_t i = 0; i < k; ++i) {
    distances[i] = std::sqrt(scored[i].squared);
    nearest[i] = scored[i].index;
  }
}

void check_arguments(const Tensor& bank, const Tensor& queries, std::int64_t k) {
  VIGIE_CHECK(queries.rank() == 2 && queries.dim(1) == bank.dim(1), "NearestNeighbours",
              "queries {} do not fit the bank {}", to_string(queries.shape()), to_string(bank.shape()));
  VIGIE_CHECK(k >= 1 && k <= bank.dim(0), "NearestNeighbours", "K must be from 1 to {} (rows of the bank), got {}",
              bank.dim(0), k);
}

/// Largest norm of every block of bank rows: one far row then loosens the bound of its own block only.
std::vector<double> block_norms(const std::vector<float>& norms) {
  std::vector<double> largest;
  const auto rows = static_cast<std::int64_t>(norms.size());
  for (std::int64_t begin = 0; begin < rows; begin += kBankBlock) {
    const auto end = norms.begin() + std::min(begin + kBankBlock, rows);
    largest.push_back(std::sqrt(static_cast<double>(*std::max_element(norms.begin() + begin, end))));
  }
  return largest;
}

}  // namespace

NearestNeighbours::NearestNeighbours(Tensor bank) : bank_(std::move(bank)) {
  VIGIE_CHECK(bank_.rank() == 2 && bank_.dim(0) > 0 && bank_.dim(1) > 0, "NearestNeighbours",
              "bank must be [M D] and not empty, got {}", to_string(bank_.shape()));
  squared_norms_ = squared_norms(bank_, "bank");
}

Neighbours NearestNeighbours::search(const Tensor& queries, std::int64_t k) const {
  check_arguments(bank_, queries, k);
  const std::int64_t count = queries.dim(0), rows = bank_.dim(0), dims = bank_.dim(1);
  const std::vector<float> query_norms = squared_norms(queries, "query");
  const std::vector<double> largest = block_norms(squared_norms_);
  Neighbours out{Tensor({count, k}), Tensor({count, k}, DType::I64)};

  const std::int64_t share = (count + 2 * thread_budget() - 1) / (2 * thread_budget());
  const std::int64_t block = std::clamp(share, kSmallestQueryBlock, kLargestQueryBlock);
  parallel_for((count + block - 1) / block, [&](std::int64_t b) {
    const std::int64_t first = b * block, here = std::min(block, count - first);
    const float* query = queries.data<float>() + first * dims;
    std::vector<Candidates> candidates(static_cast<std::size_t>(here), Candidates(k));
    std::vector<float> products(static_cast<std::size_t>(here * kBankBlock));
    for (std::int64_t begin = 0; begin < rows; begin += kBankBlock) {
      const std::int64_t size = std::min(kBankBlock, rows - begin);
      multiply_transposed(here, size, dims, -2, query, bank_.data<float>() + begin * dims, 0, products.data());
      const std::span<const float> norms(squared_norms_.data() + begin, static_cast<std::size_t>(size));
      for (std::int64_t q = 0; q < here; ++q) {
        const float error =
            error_bound(dims, std::sqrt(static_cast<double>(query_norms[first + q])), largest[begin / kBankBlock]);
        candidates[q].offer(norms, products.data() + q * size, begin, error);
      }
    }
    for (std::int64_t q = 0; q < here; ++q)
      measure(query + q * dims, bank_, candidates[q].indices(), k, out.distances.data<float>() + (first + q) * k,
              out.indices.data<std::int64_t>() + (first + q) * k);
  });
  return out;
}

Neighbours search_brute_force(const Tensor& bank, const Tensor& queries, std::int64_t k) {
  check_arguments(bank, queries, k);
  const std::int64_t count = queries.dim(0);
  std::vector<std::int64_t> all(bank.dim(0));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  Neighbours out{Tensor({count, k}), Tensor({count, k}, DType::I64)};
  for (std::int64_t q = 0; q < count; ++q)
    measure(queries.data<float>() + q * bank.dim(1), bank, all, k, out.distances.data<float>() + q * k,
            out.indices.data<std::int64_t>() + q * k);
  return out;
}

}  // namespace vigie
