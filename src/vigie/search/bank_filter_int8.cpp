#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "vigie/core/threads.h"
#include "vigie/search/bank_filter.h"
#include "vigie/search/int8_tile.h"

namespace vigie {

namespace {

static_assert(kFilterTile == kTileRows);

constexpr double kUnit = 0x1.0p-24;
constexpr double kSlack = 64 * kUnit;  // sums and conversions of the test; the products themselves are exact

std::int64_t round_up(std::int64_t count, std::int64_t to) {
  return (count + to - 1) / to * to;
}

/// A vector as code · scale.
struct Rounded {
  float scale;
  double norm;   ///< |code · scale|²
  double error;  ///< >= how far that is from the vector
};

/// Nearest integers of row / scale, -127 … 127.
Rounded round_to_int8(const float* row, std::int64_t dims, std::int8_t* codes) {
  constexpr float kRounding = 12582912;  // 1.5 · 2²³: adding it rounds to an integer
  float largest = 0;
  std::int32_t squares = 0;
  float error = 0;
#pragma omp simd reduction(max : largest)
  for (std::int64_t d = 0; d < dims; ++d) largest = std::max(largest, std::abs(row[d]));
  if (!(largest < 1e30F)) {  // too far from the bank for the sums below: nothing can be said of it
    std::fill_n(codes, dims, std::int8_t{0});
    return {1, 0, std::numeric_limits<double>::infinity()};
  }
  const float scale = largest > 1e-30F ? largest / 127 : 1.0F, inverse = 1 / scale;
#pragma omp simd reduction(+ : squares, error)
  for (std::int64_t d = 0; d < dims; ++d) {
    const float code = std::clamp(row[d] * inverse + kRounding - kRounding, -127.0F, 127.0F);
    const float off = row[d] - code * scale;
    error += off * off;
    squares += static_cast<std::int32_t>(code) * static_cast<std::int32_t>(code);
    codes[d] = static_cast<std::int8_t>(code);
  }
  const auto count = static_cast<double>(dims);
  const double rounding = 256 * kUnit * scale * std::sqrt(count);  // of each difference
  return {scale, static_cast<double>(scale) * scale * squares,
          std::sqrt(static_cast<double>(error)) * (1 + 2 * count * kUnit) + rounding};
}

const std::int8_t* codes_of(const Tensor& codes) {
  return reinterpret_cast<const std::int8_t*>(codes.data<std::uint8_t>());
}

class Int8Filter : public BankFilter {
 public:
  Int8Filter(const Tensor& bank, Sketch sketch);

  std::unique_ptr<FilterScan> prepare(const float* queries, std::int64_t count) const override;
  std::int64_t bytes() const override { return static_cast<std::int64_t>(codes_.bytes() + 16 * start_.size()); }

  std::int64_t steps() const { return steps_; }
  const Sketch& sketch() const { return sketch_; }
  const RowOrder& order() const { return order_; }
  Int8Tile tile(std::int64_t first) const {
    return {codes_of(codes_) + first * 4 * steps_, start_.data() + first, inverse_.data() + first, norm_.data() + first,
            error_.data() + first};
  }
  /// A distance is at least the root of (norm of the query + this − 2 · product · both scales), less both errors.
  double norm_of(std::int64_t place) const { return norm_[place] * scale_of(place) + std::pow(error_of(place), 2.0); }
  double scale_of(std::int64_t place) const { return 1.0 / inverse_[place]; }
  double error_of(std::int64_t place) const { return error_[place] * scale_of(place); }

 private:
  void fill(const Tensor& bank, std::int64_t first, std::int64_t count);

  Sketch sketch_;
  RowOrder order_;
  std::int64_t steps_;               ///< groups of 4 dimensions
  Tensor codes_;                     ///< tiles [steps 64 4], signed; aligned, as the loads of 64 bytes want them
  std::vector<std::int32_t> start_;  ///< −128 · sum of codes
  std::vector<float> inverse_;       ///< 1 / scale
  std::vector<float> norm_, error_;  ///< (|ŝ|² (1 − slack) − e²) / scale, e / scale
};

Int8Filter::Int8Filter(const Tensor& bank, Sketch sketch)
    : sketch_(std::move(sketch)), order_(bank.dim(0)), steps_((sketch_.dims() + 3) / 4) {
  const auto padded = static_cast<std::size_t>(round_up(bank.dim(0), kTileRows));
  codes_ = Tensor({static_cast<std::int64_t>(padded), 4 * steps_}, DType::U8);
  start_.resize(padded);
  for (auto* values : {&inverse_, &norm_, &error_}) values->resize(padded, 1);
  constexpr std::int64_t kBlock = 4 * kTileRows;
  parallel_for((bank.dim(0) + kBlock - 1) / kBlock, [&](std::int64_t block) {
    const std::int64_t first = block * kBlock;
    fill(bank, first, std::min(kBlock, bank.dim(0) - first));
  });
}

/// Places first … first + count, first a multiple of a tile.
void Int8Filter::fill(const Tensor& bank, std::int64_t first, std::int64_t count) {
  const std::int64_t dims = sketch_.dims(), width = 4 * steps_;
  std::vector<float> sketched(static_cast<std::size_t>(count * dims)), errors(static_cast<std::size_t>(count));
  sketch_.apply(gathered(bank, order_, first, count).data(), count, sketched.data(), errors.data());
  std::vector<std::int8_t> codes(static_cast<std::size_t>(round_up(count, kTileRows) * width));
  for (std::int64_t i = 0; i < count; ++i) {
    std::int8_t* own = codes.data() + i * width;
    const Rounded rounded = round_to_int8(sketched.data() + i * dims, dims, own);
    const double scale = rounded.scale, error = (rounded.error + errors[i]) * (1 + 4 * kUnit);
    inverse_[first + i] = static_cast<float>(1 / scale);
    norm_[first + i] = static_cast<float>((rounded.norm * (1 - kSlack) - error * error) / scale);
    error_[first + i] = static_cast<float>(error / scale);
    std::int32_t sum = 0;
    for (std::int64_t d = 0; d < dims; ++d) sum += own[d];
    start_[first + i] = -128 * sum;
  }
  auto* to = reinterpret_cast<std::int8_t*>(codes_.data<std::uint8_t>()) + first * width;
  for (std::int64_t begin = 0; begin < count; begin += kTileRows)
    for (std::int64_t step = 0; step < steps_; ++step)
      for (std::int64_t r = 0; r < kTileRows; ++r, to += 4)
        std::copy_n(codes.data() + (begin + r) * width + 4 * step, 4, to);
}

class Int8Scan : public FilterScan {
 public:
  Int8Scan(const Int8Filter& bank, const float* queries, std::int64_t count);
  void scan(std::int64_t begin, std::int64_t end, std::span<const float> limits,
            std::span<std::vector<Survivor>> survivors) override;

 private:
  void set_limits(std::span<const float> limits);
  float lower_bound(std::int64_t q, std::int64_t row, std::int32_t product) const;

  const Int8Filter& bank_;
  std::int64_t count_;
  std::vector<std::uint8_t> codes_;  ///< [count rounded up to 6, 4·steps], + 128
  std::vector<double> scale_, norm_, error_;
  std::vector<float> constant_, weight_, reach_;  ///< as Int8Queries
};

Int8Scan::Int8Scan(const Int8Filter& bank, const float* queries, std::int64_t count) : bank_(bank), count_(count) {
  const std::int64_t dims = bank.sketch().dims(), width = 4 * bank.steps();
  const auto padded = static_cast<std::size_t>(round_up(count, kTileQueries));
  std::vector<float> sketched(static_cast<std::size_t>(count * dims)), errors(static_cast<std::size_t>(count));
  bank.sketch().apply(queries, count, sketched.data(), errors.data());
  codes_.resize(padded * static_cast<std::size_t>(width), 128);
  for (auto* values : {&constant_, &weight_, &reach_}) values->resize(padded);
  std::vector<std::int8_t> codes(static_cast<std::size_t>(dims));
  for (std::int64_t q = 0; q < count; ++q) {
    const Rounded rounded = round_to_int8(sketched.data() + q * dims, dims, codes.data());
    for (std::int64_t d = 0; d < dims; ++d) codes_[q * width + d] = static_cast<std::uint8_t>(codes[d] + 128);
    scale_.push_back(rounded.scale);
    norm_.push_back(rounded.norm * (1 - kSlack));
    error_.push_back((rounded.error + errors[q]) * (1 + 4 * kUnit));
    weight_[q] = static_cast<float>(0.5 / rounded.scale);
  }
}

/// Kept when δ² <= (limit + both errors)², solved for the product of codes.
void Int8Scan::set_limits(std::span<const float> limits) {
  for (std::int64_t q = 0; q < count_; ++q) {
    const double reach = static_cast<double>(limits[q]) * bank_.sketch().scale() + error_[q];
    constant_[q] = static_cast<float>((norm_[q] - reach * reach) * 0.5 / scale_[q]);
    reach_[q] = static_cast<float>(reach / scale_[q]);
  }
}

float Int8Scan::lower_bound(std::int64_t q, std::int64_t row, std::int32_t product) const {
  const double squared = norm_[q] + bank_.norm_of(row) - 2 * scale_[q] * bank_.scale_of(row) * product;
  const double lower = (squared > 0 ? std::sqrt(squared) : 0.0) - error_[q] - bank_.error_of(row);
  return lower > 0 ? static_cast<float>(lower / bank_.sketch().scale() * (1 - 1e-6)) : 0.0F;
}

void Int8Scan::scan(std::int64_t begin, std::int64_t end, std::span<const float> limits,
                    std::span<std::vector<Survivor>> survivors) {
  set_limits(limits);
  std::int32_t products[kTileQueries][kTileRows];
  std::uint64_t masks[kTileQueries];
  for (std::int64_t first = begin; first < end; first += kTileRows) {
    const Int8Tile tile = bank_.tile(first);
    const std::uint64_t real = end - first >= kTileRows ? ~std::uint64_t{0} : (std::uint64_t{1} << (end - first)) - 1;
    for (std::int64_t block = 0; block < count_; block += kTileQueries) {
      int8_tile(tile,
                {codes_.data() + block * 4 * bank_.steps(), constant_.data() + block, weight_.data() + block,
                 reach_.data() + block},
                bank_.steps(), products, masks);
      for (std::int64_t q = 0; q < std::min(kTileQueries, count_ - block); ++q)
        for (std::uint64_t rows = masks[q] & real; rows != 0; rows &= rows - 1) {
          const int r = std::countr_zero(rows);
          survivors[block + q].push_back({lower_bound(block + q, first + r, products[q][r]),
                                          static_cast<std::int32_t>(bank_.order().row_at(first + r))});
        }
    }
  }
}

std::unique_ptr<FilterScan> Int8Filter::prepare(const float* queries, std::int64_t count) const {
  return std::make_unique<Int8Scan>(*this, queries, count);
}

}  // namespace

std::unique_ptr<BankFilter> int8_filter(const Tensor& bank, Sketch sketch) {
  return std::make_unique<Int8Filter>(bank, std::move(sketch));
}

}  // namespace vigie
