#include "vigie/imaging/connected.h"

#include <algorithm>
#include <vector>

namespace vigie {

namespace {

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
void join_rows(const std::vector<Run>& runs, std::size_t begin, std::size_t middle, std::size_t end, RunSets& sets) {
  std::size_t above = begin;
  for (std::size_t below = middle; below < end; ++below) {
    while (above < middle && runs[above].end < runs[below].begin) ++above;
    for (std::size_t a = above; a < middle && runs[a].begin <= runs[below].end; ++a)
      sets.join(static_cast<std::int32_t>(a), static_cast<std::int32_t>(below));
  }
}

}  // namespace

RunLabels label_runs(const std::vector<Run>& runs) {
  RunSets sets;
  for (std::size_t r = 0; r < runs.size(); ++r) sets.add();
  std::size_t row_above = 0;
  for (std::size_t row_begin = 0; row_begin < runs.size();) {
    std::size_t row_end = row_begin;
    while (row_end < runs.size() && runs[row_end].row == runs[row_begin].row) ++row_end;
    if (row_begin > 0 && runs[row_above].row + 1 == runs[row_begin].row)
      join_rows(runs, row_above, row_begin, row_end, sets);
    row_above = row_begin;
    row_begin = row_end;
  }
  RunLabels result{std::vector<std::int32_t>(runs.size()), 0};
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const auto root = static_cast<std::size_t>(sets.find(static_cast<std::int32_t>(r)));
    result.labels[r] = root == r ? ++result.count : result.labels[root];
  }
  return result;
}

Labels label_regions(const Tensor& mask) {
  VIGIE_CHECK(mask.rank() == 2 && mask.dtype() == DType::U8, "label_regions", "a mask U8 [H W] is needed, got {} {}",
              name_of(mask.dtype()), to_string(mask.shape()));
  const std::int64_t height = mask.dim(0), width = mask.dim(1);
  std::vector<Run> runs;
  for (std::int64_t y = 0; y < height; ++y) append_runs(mask.data<std::uint8_t>() + y * width, y, width, runs);
  const RunLabels found = label_runs(runs);
  Labels result{Tensor::zeros(mask.shape(), DType::I32), found.count};
  std::int32_t* labels = result.labels.data<std::int32_t>();
  for (std::size_t r = 0; r < runs.size(); ++r)
    std::fill(labels + runs[r].row * width + runs[r].begin, labels + runs[r].row * width + runs[r].end,
              found.labels[r]);
  return result;
}

}  // namespace vigie
