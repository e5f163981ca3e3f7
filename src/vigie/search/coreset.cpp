#include "vigie/search/coreset.h"

#include <algorithm>
#include <limits>

#include "vigie/core/error.h"
#include "vigie/search/batched_greedy.h"
#include "vigie/search/distance.h"

namespace vigie {

namespace {

void check_arguments(const Tensor& rows, std::int64_t count, std::int64_t start) {
  VIGIE_CHECK(rows.rank() == 2 && rows.dim(1) > 0, "greedy_k_centre", "rows must be [N D], got {}",
              to_string(rows.shape()));
  const std::int64_t n = rows.dim(0);
  VIGIE_CHECK(count >= 1 && count <= n, "greedy_k_centre", "cannot pick {} of {} rows", count, n);
  VIGIE_CHECK(start >= 0 && start < n, "greedy_k_centre", "start row {} is not among {} rows", start, n);
  VIGIE_CHECK(n <= std::numeric_limits<std::int32_t>::max(), "greedy_k_centre", "{} rows are too many", n);
}

}  // namespace

std::vector<std::int64_t> greedy_k_centre(const Tensor& rows, std::int64_t count, std::int64_t start,
                                          const RunContext& context) {
  check_arguments(rows, count, start);
  Progress progress(context, "coreset", count);
  BatchedGreedy greedy(rows, count, start, fastest_coarse_format(rows.dim(1)));
  progress.advance();
  while (!greedy.complete()) {
    const std::size_t before = greedy.picks().size();
    greedy.round(context);
    progress.advance(static_cast<std::int64_t>(greedy.picks().size() - before));
  }
  return greedy.picks();
}

std::vector<std::int64_t> greedy_k_centre_naive(const Tensor& rows, std::int64_t count, std::int64_t start) {
  check_arguments(rows, count, start);
  const std::int64_t n = rows.dim(0), dims = rows.dim(1);
  const float* data = rows.data<float>();
  std::vector<float> nearest(n, std::numeric_limits<float>::infinity());
  std::vector<std::int64_t> picked{start};
  nearest[start] = -1;  // a picked row is below every other
  while (static_cast<std::int64_t>(picked.size()) < count) {
    for (std::int64_t i = 0; i < n; ++i)
      nearest[i] = std::min(nearest[i], squared_distance(data + i * dims, data + picked.back() * dims, dims));
    const auto farthest = std::max_element(nearest.begin(), nearest.end());
    picked.push_back(farthest - nearest.begin());
    *farthest = -1;
  }
  return picked;
}

}  // namespace vigie
