#include "vigie/search/nearest.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>

#include "vigie/core/error.h"
#include "vigie/core/threads.h"
#include "vigie/search/bank_filter.h"
#include "vigie/search/distance.h"
#include "vigie/search/top_k.h"

namespace vigie {

/// A filter, and how many survivors are too many: beyond that share of all pairs, the next filter costs less than
/// measuring them.
struct NearestNeighbours::Level {
  std::unique_ptr<BankFilter> filter;
  double most_survivors;
  std::int64_t SearchCounts::*pairs;
};

namespace {

constexpr std::int64_t kDirections = 127;       // with the length of the rest: 128 dimensions
constexpr std::int64_t kMostInt8Dims = 60'000;  // so that a sum of products fits 32 bits
constexpr std::int64_t kLargestQueryBlock = 192;
constexpr std::int64_t kFewSurvivors = 32;  // of one query: never too many
constexpr std::int64_t kFirstChunk = 256;   // bank rows looked at before there is any limit
constexpr std::int64_t kChunk = 1024;       // bank rows between two updates of the limits

void check_finite(const Tensor& rows, const char* what) {
  const std::int64_t dims = rows.dim(1);
  std::atomic<std::int64_t> bad = -1;
  parallel_for(
      rows.dim(0),
      [&](std::int64_t i) {
        const float* row = rows.data<float>() + i * dims;
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t d = 0; d < dims; ++d) sum += row[d] * row[d];
        if (!std::isfinite(sum)) bad = i;
      },
      256);
  VIGIE_CHECK(bad < 0, "NearestNeighbours", "{} row {} is not finite", what, bad.load());
}

void check_arguments(const Tensor& bank, const Tensor& queries, std::int64_t k) {
  VIGIE_CHECK(queries.rank() == 2 && queries.dim(1) == bank.dim(1), "NearestNeighbours",
              "queries {} do not fit the bank {}", to_string(queries.shape()), to_string(bank.shape()));
  VIGIE_CHECK(k >= 1 && k <= bank.dim(0), "NearestNeighbours", "K must be from 1 to {} (rows of the bank), got {}",
              bank.dim(0), k);
}

/// Neighbours of rows first … of the result.
void write(const TopK& best, std::int64_t query, Neighbours& out) {
  std::int64_t at = query * out.indices.dim(1);
  for (const Measured& row : best.rows()) {
    out.distances.data<float>()[at] = std::sqrt(row.squared);
    out.indices.data<std::int64_t>()[at++] = row.row;
  }
}

bool nearer(const Survivor& a, const Survivor& b) {
  return a.lower != b.lower ? a.lower < b.lower : a.row < b.row;
}

/// The search of one block of queries, on one thread.
template <typename Level>
class BlockSearch {
 public:
  BlockSearch(const Tensor& bank, const std::vector<Level>& levels, const float* queries, std::int64_t count,
              std::int64_t k)
      : bank_(bank),
        levels_(levels),
        queries_(queries),
        best_(static_cast<std::size_t>(count), TopK(k, bank.dim(1))),
        fresh_(best_.size()),
        pending_(best_.size()),
        limits_(best_.size(), best_.front().limit()) {}

  void run(std::int64_t k) {
    std::size_t level = 0;
    while (!pass(levels_[level], k, level + 1 == levels_.size())) ++level;
    for (std::size_t q = 0; q < best_.size(); ++q) {
      std::ranges::sort(pending_[q], nearer);
      measure(q, pending_[q], pending_[q].size());
    }
  }

  const TopK& best(std::int64_t query) const { return best_[query]; }
  const SearchCounts& counts() const { return counts_; }

 private:
  /// Leaves in pending_ every row that may be near. False as soon as these are too many; the limits found so far stay.
  bool pass(const Level& level, std::int64_t k, bool last) {
    const auto count = static_cast<std::int64_t>(best_.size()), rows = bank_.dim(0);
    const auto scan = level.filter->prepare(queries_, count);
    const double most = static_cast<double>(kFewSurvivors + 4 * k) + level.most_survivors * static_cast<double>(rows);
    for (auto& pending : pending_) pending.clear();
    const std::int64_t first = (std::max(kFirstChunk, 2 * k) + kFilterTile - 1) / kFilterTile * kFilterTile;
    for (std::int64_t begin = 0; begin < rows;) {
      const std::int64_t end = std::min(begin + (begin == 0 ? first : kChunk), rows);
      for (auto& fresh : fresh_) fresh.clear();
      scan->scan(begin, end, limits_, fresh_);
      counts_.*level.pairs += count * (end - begin);
      std::size_t left = 0;
      for (std::size_t q = 0; q < best_.size(); ++q) left += tighten(q);
      if (!last && static_cast<double>(left) > most * static_cast<double>(count)) return false;
      begin = end;
    }
    return true;
  }

  /// Measures the most promising fresh rows; the others go to the pending ones, of which those that are then too far
  /// leave. Returns how many are pending.
  std::size_t tighten(std::size_t q) {
    auto& fresh = fresh_[q];
    if (!fresh.empty()) {
      const std::size_t wanted = std::min(std::max<std::size_t>(best_[q].missing(), 1), fresh.size());
      std::ranges::partial_sort(fresh, fresh.begin() + static_cast<std::ptrdiff_t>(wanted), nearer);
      const std::size_t done = measure(q, fresh, wanted);
      fresh.erase(fresh.begin(), fresh.begin() + static_cast<std::ptrdiff_t>(done));
    }
    const auto too_far = [limit = limits_[q]](const Survivor& s) { return s.lower > limit; };
    auto& pending = pending_[q];
    std::erase_if(pending, too_far);
    std::ranges::copy_if(fresh, std::back_inserter(pending), std::not_fn(too_far));
    return pending.size();
  }

  /// Measures the first `count` of rows sorted by lower bound, until none can enter. Returns how many it looked at.
  std::size_t measure(std::size_t q, const std::vector<Survivor>& rows, std::size_t count) {
    const std::int64_t dims = bank_.dim(1);
    std::size_t i = 0;
    for (; i < count && !(rows[i].lower > limits_[q]); ++i) {
      const float* row = bank_.data<float>() + rows[i].row * dims;
      const float squared = squared_distance(queries_ + static_cast<std::int64_t>(q) * dims, row, dims);
      best_[q].offer({squared, rows[i].row});
      limits_[q] = best_[q].limit();
      ++counts_.measured;
    }
    return i;
  }

  const Tensor& bank_;
  const std::vector<Level>& levels_;
  const float* queries_;
  std::vector<TopK> best_;
  std::vector<std::vector<Survivor>> fresh_, pending_;
  std::vector<float> limits_;
  SearchCounts counts_;
};

/// Whole blocks for every thread, none larger than a tile of products may be.
std::int64_t query_block(std::int64_t count) {
  const std::int64_t threads = thread_budget();
  const std::int64_t blocks = (count + kLargestQueryBlock - 1) / kLargestQueryBlock;
  const std::int64_t even = (blocks + threads - 1) / threads * threads;
  return std::max<std::int64_t>((count + even - 1) / even, std::min<std::int64_t>(count, 12));
}

/// Projecting pays when it spares more products than projecting the queries costs (f32: some four int8 products each).
bool projection_pays(std::int64_t rows, std::int64_t dims) {
  return rows * (dims - 128) > 8 * dims * kDirections;
}

}  // namespace

NearestNeighbours::NearestNeighbours(Tensor bank, const NearestOptions& options) : bank_(std::move(bank)) {
  VIGIE_CHECK(bank_.rank() == 2 && bank_.dim(0) > 0 && bank_.dim(1) > 0, "NearestNeighbours",
              "bank must be [M D] and not empty, got {}", to_string(bank_.shape()));
  VIGIE_CHECK(bank_.dim(0) <= std::numeric_limits<std::int32_t>::max(), "NearestNeighbours", "{} rows are too many",
              bank_.dim(0));
  check_finite(bank_, "bank");
  const bool int8 = options.precision == Precision::Int8 && runs_here(Precision::Int8) && bank_.dim(1) <= kMostInt8Dims;
  const bool project = options.project && projection_pays(bank_.dim(0), bank_.dim(1));
  if (int8 || project) {
    const Sketch centred = Sketch::centred(bank_);
    if (auto sketch = project ? centred.projected(bank_, kDirections) : std::nullopt)
      levels_.push_back({int8 ? int8_filter(bank_, *sketch) : f32_filter(bank_, *sketch), int8 ? 1.0 / 64 : 1.0 / 32,
                         &SearchCounts::projected});
    if (int8) levels_.push_back({int8_filter(bank_, centred), 1.0 / 32, &SearchCounts::rounded});
  }
  levels_.push_back({f32_filter(bank_), 1, &SearchCounts::products});
}

NearestNeighbours::~NearestNeighbours() = default;
NearestNeighbours::NearestNeighbours(NearestNeighbours&&) noexcept = default;
NearestNeighbours& NearestNeighbours::operator=(NearestNeighbours&&) noexcept = default;

std::int64_t NearestNeighbours::bytes() const {
  return std::accumulate(levels_.begin(), levels_.end(), std::int64_t{0},
                         [](std::int64_t sum, const Level& level) { return sum + level.filter->bytes(); });
}

Neighbours NearestNeighbours::search(const Tensor& queries, std::int64_t k, SearchCounts* counts) const {
  check_arguments(bank_, queries, k);
  check_finite(queries, "query");
  const std::int64_t count = queries.dim(0), dims = bank_.dim(1);
  Neighbours out{Tensor({count, k}), Tensor({count, k}, DType::I64)};
  if (count == 0) return out;
  const std::int64_t block = query_block(count), blocks = (count + block - 1) / block;
  std::vector<SearchCounts> costs(static_cast<std::size_t>(blocks));
  parallel_for(blocks, [&](std::int64_t b) {
    const std::int64_t first = b * block, here = std::min(block, count - first);
    BlockSearch<Level> search(bank_, levels_, queries.data<float>() + first * dims, here, k);
    search.run(k);
    for (std::int64_t q = 0; q < here; ++q) write(search.best(q), first + q, out);
    costs[b] = search.counts();
  });
  if (counts != nullptr)
    for (const SearchCounts& cost : costs)
      *counts = {counts->measured + cost.measured, counts->projected + cost.projected, counts->rounded + cost.rounded,
                 counts->products + cost.products};
  return out;
}

Neighbours search_brute_force(const Tensor& bank, const Tensor& queries, std::int64_t k) {
  check_arguments(bank, queries, k);
  const std::int64_t count = queries.dim(0), dims = bank.dim(1);
  Neighbours out{Tensor({count, k}), Tensor({count, k}, DType::I64)};
  std::vector<Measured> all(static_cast<std::size_t>(bank.dim(0)));
  for (std::int64_t q = 0; q < count; ++q) {
    for (std::int64_t i = 0; i < bank.dim(0); ++i)
      all[i] = {squared_distance(queries.data<float>() + q * dims, bank.data<float>() + i * dims, dims), i};
    std::partial_sort(all.begin(), all.begin() + k, all.end());
    for (std::int64_t j = 0; j < k; ++j) {
      out.distances.data<float>()[q * k + j] = std::sqrt(all[j].squared);
      out.indices.data<std::int64_t>()[q * k + j] = all[j].row;
    }
  }
  return out;
}

}  // namespace vigie
