#include "vigie/search/bank_filter.h"

#include <algorithm>

namespace vigie {

std::vector<float> gathered(const Tensor& bank, const RowOrder& order, std::int64_t first, std::int64_t count) {
  const std::int64_t dims = bank.dim(1);
  std::vector<float> rows(static_cast<std::size_t>(count * dims));
  for (std::int64_t i = 0; i < count; ++i)
    std::copy_n(bank.data<float>() + order.row_at(first + i) * dims, dims, rows.data() + i * dims);
  return rows;
}

}  // namespace vigie
