#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "vigie/core/threads.h"
#include "vigie/search/bank_filter.h"
#include "vigie/search/matrix_product.h"
#include "vigie/search/sum_of_squares.h"

namespace vigie {

namespace {

constexpr std::int64_t kRows = 512;  // with a block of queries: a tile of products that stays in L2

/// What a float product of D terms and the sums around it may be off, as a share of |q|² + |b|² (Higham 2002, ch. 3).
double slack_of(std::int64_t dims) {
  return (1.2 * static_cast<double>(dims) + 48) * 0x1.0p-24;
}

class F32Filter : public BankFilter {
 public:
  F32Filter(const Tensor& bank, std::optional<Sketch> sketch)
      : sketch_(std::move(sketch)), order_(bank.dim(0)), rows_(bank) {
    const std::int64_t count = bank.dim(0), dims = sketch_ ? sketch_->dims() : bank.dim(1);
    if (sketch_) rows_ = Tensor({count, dims});
    errors_.resize(static_cast<std::size_t>(count));
    norms_.resize(static_cast<std::size_t>(count));
    parallel_for((count + kRows - 1) / kRows, [&](std::int64_t block) {
      const std::int64_t first = block * kRows, here = std::min(kRows, count - first);
      if (sketch_)
        sketch_->apply(gathered(bank, order_, first, here).data(), here, rows_.data<float>() + first * dims,
                       errors_.data() + first);
      for (std::int64_t i = first; i < first + here; ++i) {
        const double error = errors_[i];
        const double norm = sum_of_squares(std::as_const(rows_).data<float>() + i * dims, dims);
        norms_[i] = static_cast<float>(norm * (1 - slack_of(dims)) - error * error);
      }
    });
  }

  std::unique_ptr<FilterScan> prepare(const float* queries, std::int64_t count) const override;
  std::int64_t bytes() const override {
    return static_cast<std::int64_t>(8 * norms_.size() + (sketch_ ? rows_.bytes() : 0));
  }

  std::int32_t row_at(std::int64_t place) const {
    return static_cast<std::int32_t>(sketch_ ? order_.row_at(place) : place);
  }
  double scale() const { return sketch_ ? sketch_->scale() : 1; }
  const Tensor& rows() const { return rows_; }
  const std::vector<float>& norms() const { return norms_; }
  const std::vector<float>& errors() const { return errors_; }
  const std::optional<Sketch>& sketch() const { return sketch_; }

 private:
  std::optional<Sketch> sketch_;
  RowOrder order_;  ///< of sketched rows; the bank itself keeps its own
  Tensor rows_;
  std::vector<float> errors_;
  std::vector<float> norms_;  ///< |b|² (1 − slack) − e²
};

/// One query's side of the bound: a row is kept when 2 q·b >= constant + norm − reach · error.
struct Reach {
  double norm, error;  ///< |q|² (1 − slack), e
  float constant, reach;
};

class F32Scan : public FilterScan {
 public:
  F32Scan(const F32Filter& bank, const float* queries, std::int64_t count) : bank_(bank), queries_(queries) {
    const std::int64_t dims = bank.rows().dim(1);
    reach_.resize(static_cast<std::size_t>(count));
    std::vector<float> errors(static_cast<std::size_t>(count));
    if (bank.sketch()) {
      sketched_.resize(static_cast<std::size_t>(count * dims));
      bank.sketch()->apply(queries, count, sketched_.data(), errors.data());
      queries_ = sketched_.data();
    }
    for (std::int64_t q = 0; q < count; ++q) {
      reach_[q].norm = sum_of_squares(queries_ + q * dims, dims) * (1 - slack_of(dims));
      reach_[q].error = errors[q];
    }
    products_.resize(static_cast<std::size_t>(count * kRows));
  }

  void scan(std::int64_t begin, std::int64_t end, std::span<const float> limits,
            std::span<std::vector<Survivor>> survivors) override {
    const std::int64_t dims = bank_.rows().dim(1), count = static_cast<std::int64_t>(reach_.size());
    const double vanished = 4.0 * static_cast<double>(dims) * std::numeric_limits<float>::min();
    for (std::int64_t q = 0; q < count; ++q) {
      const double reach = static_cast<double>(limits[q]) * bank_.scale() + reach_[q].error;
      reach_[q].constant = static_cast<float>(reach_[q].norm - reach * reach - vanished);
      reach_[q].reach = static_cast<float>(2 * reach);
    }
    for (std::int64_t first = begin; first < end; first += kRows) {
      const std::int64_t here = std::min(kRows, end - first);
      multiply_transposed(count, here, dims, 2, queries_, bank_.rows().data<float>() + first * dims, 0,
                          products_.data());
      for (std::int64_t q = 0; q < count; ++q)
        collect(reach_[q], products_.data() + q * here, first, here, survivors[q]);
    }
  }

 private:
  static constexpr std::int64_t kChunk = 32;

  /// `products` hold 2 q·b of rows first … first + count.
  void collect(const Reach& q, const float* products, std::int64_t first, std::int64_t count,
               std::vector<Survivor>& survivors) const {
    const float *norms = bank_.norms().data() + first, *errors = bank_.errors().data() + first;
    for (std::int64_t begin = 0; begin < count; begin += kChunk) {
      const std::int64_t end = std::min(begin + kChunk, count);
      int kept = 0;
#pragma omp simd reduction(+ : kept)
      for (std::int64_t i = begin; i < end; ++i)
        kept += products[i] < q.constant + (norms[i] - q.reach * errors[i]) ? 0 : 1;
      if (kept == 0) continue;
      for (std::int64_t i = begin; i < end; ++i)
        if (!(products[i] < q.constant + (norms[i] - q.reach * errors[i])))
          survivors.push_back({lower_bound(q, products[i], first + i), bank_.row_at(first + i)});
    }
  }

  float lower_bound(const Reach& q, double product, std::int64_t place) const {
    const double error = bank_.errors()[place];
    const double squared = q.norm + bank_.norms()[place] + error * error - product;
    const double lower = (squared > 0 ? std::sqrt(squared) : 0.0) - q.error - error;
    return lower > 0 ? static_cast<float>(lower / bank_.scale() * (1 - 1e-6)) : 0.0F;
  }

  const F32Filter& bank_;
  const float* queries_;
  std::vector<float> sketched_, products_;
  std::vector<Reach> reach_;
};

std::unique_ptr<FilterScan> F32Filter::prepare(const float* queries, std::int64_t count) const {
  return std::make_unique<F32Scan>(*this, queries, count);
}

}  // namespace

std::unique_ptr<BankFilter> f32_filter(const Tensor& bank, Sketch sketch) {
  return std::make_unique<F32Filter>(bank, std::move(sketch));
}

std::unique_ptr<BankFilter> f32_filter(const Tensor& bank) {
  return std::make_unique<F32Filter>(bank, std::nullopt);
}

}  // namespace vigie
