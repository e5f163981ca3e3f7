#include "vigie/imaging/connected.h"

#include <algorithm>
#include <vector>

namespace vigie {

namespace {

/// Foreground pixels [begin, end) of one row.
struct Run {
  std::int64_t row, begin, end;
};

/// Disjoint sets whose representative is the smallest member: with runs in scan order, the one met first.
class RunSets {
 public:
  void add() { parent_.push_back(static_cast<std::int32_t>(parent_.size())); }
  std::int32_t find(std::int32_t run) {
    while (parent_[run] != run) run = parent_[run] = parent_[parent_[run]];
    return run;
  }
  void join(std::int32_t a, std::int32_t b) {
    a = find(a);
    b = find(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::int32_t> parent_;
};

void append_runs(const std::uint8_t* row, std::int64_t y, std::int64_t width, std::vector<Run>& runs) {
  for (std::int64_t x = 0; x < width;) {
    if (row[x] == 0) {
      ++x;
      continue;
    }
    const std::int64_t begin = x;
    while (x < width && row[x] != 0) ++x;
    runs.push_back({y, begin, x});
  }
}

/// Joins every run of [middle, end) with the runs of the row above, [begin, middle), that it touches, corners included.
void join_rows(const std::vector<Run>& runs, std::size_t begin, std::size_t middle, RunSets& sets) {
  std::size_t above = begin;
  for (std::size_t below = middle; below < runs.size(); ++below) {
    while (above < middle && runs[above].end < runs[below].begin) ++above;
    for (std::size_t a = above; a < middle && runs[a].begin <= runs[below].end; ++a)
      sets.join(static_cast<std::int32_t>(a), static_cast<std::int32_t>(below));
  }
}

}  // namespace

Labels label_regions(const Tensor& mask) {
  VIGIE_CHECK(mask.rank() == 2 && mask.dtype() == DType::U8, "label_regions", "a mask U8 [H W] is needed, got {} {}",
              name_of(mask.dtype()), to_string(mask.shape()));
  const std::int64_t height = mask.dim(0), width = mask.dim(1);
  std::vector<Run> runs;
  RunSets sets;
  std::size_t row_above = 0;
  for (std::int64_t y = 0; y < height; ++y) {
    const std::size_t row_begin = runs.size();
    append_runs(mask.data<std::uint8_t>() + y * width, y, width, runs);
    for (std::size_t r = row_begin; r < runs.size(); ++r) sets.add();
    join_rows(runs, row_above, row_begin, sets);
    row_above = row_begin;
  }
  Labels result{Tensor::zeros(mask.shape(), DType::I32), 0};
  std::int32_t* labels = result.labels.data<std::int32_t>();
  std::vector<std::int32_t> label_of(runs.size());
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const auto root = static_cast<std::size_t>(sets.find(static_cast<std::int32_t>(r)));
    if (root == r) label_of[r] = ++result.count;
    label_of[r] = label_of[root];
    std::fill(labels + runs[r].row * width + runs[r].begin, labels + runs[r].row * width + runs[r].end, label_of[r]);
  }
  return result;
}

}  // namespace vigie
