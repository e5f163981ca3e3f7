#pragma once

#include <memory>
#include <numeric>
#include <span>
#include <vector>

#include "vigie/search/sketch.h"

namespace vigie {

/// A bank row that may be near: its distance to the query is at least `lower`.
struct Survivor {
  float lower;
  std::int32_t row;
};

/// A fixed shuffle of rows: place p holds row p · step mod M, step near the golden section of M. So the first places
/// already sample the whole bank, however it is sorted, and the limits of a search fall early.
class RowOrder {
 public:
  explicit RowOrder(std::int64_t rows) : rows_(rows), step_(rows * 618 / 1000 + 1) {
    while (std::gcd(step_, rows_) != 1) ++step_;
  }
  std::int64_t row_at(std::int64_t place) const { return place * step_ % rows_; }

 private:
  std::int64_t rows_, step_;
};

/// The bank's rows at places first … first + count, side by side.
std::vector<float> gathered(const Tensor& bank, const RowOrder& order, std::int64_t first, std::int64_t count);

/// One block of queries against one reduced form of the bank. Not for several threads at once.
class FilterScan {
 public:
  virtual ~FilterScan() = default;
  /// Appends to survivors[q] every row at the filter's places [begin, end) whose distance to query q may be <=
  /// limits[q] (infinity: all). begin is a multiple of kFilterTile. A filter has its own order; all M places cover all
  /// rows.
  virtual void scan(std::int64_t begin, std::int64_t end, std::span<const float> limits,
                    std::span<std::vector<Survivor>> survivors) = 0;
};

/// A bank in a form in which lower bounds of all distances are cheap: a filter that loses no near row.
///
/// Proof of the bounds: with s a Sketch, ŝ(x) what is stored for x, e(x) >= ‖ŝ(x) − s(x)‖ and δ the distance between
/// ŝ(q) and ŝ(b), the triangle inequality gives scale·‖q − b‖ >= ‖s(q) − s(b)‖ >= δ − e(q) − e(b). Floats know
/// δ² = |ŝ(q)|² + |ŝ(b)|² − 2 ŝ(q)·ŝ(b) to within slack · (|ŝ(q)|² + |ŝ(b)|²).
class BankFilter {
 public:
  virtual ~BankFilter() = default;
  virtual std::unique_ptr<FilterScan> prepare(const float* queries, std::int64_t count) const = 0;
  virtual std::int64_t bytes() const = 0;
};

constexpr std::int64_t kFilterTile = 64;  ///< bank rows handled together

/// ŝ(x) in 8-bit integers with one scale a row; products through AVX512-VNNI, which must be there. M·(d + 16) bytes.
std::unique_ptr<BankFilter> int8_filter(const Tensor& bank, Sketch sketch);
/// ŝ(x) in floats; products through sgemm. M·(4·d + 8) bytes.
std::unique_ptr<BankFilter> f32_filter(const Tensor& bank, Sketch sketch);
/// The bank itself, without a copy: s(x) = x. 8·M bytes.
std::unique_ptr<BankFilter> f32_filter(const Tensor& bank);

}  // namespace vigie
