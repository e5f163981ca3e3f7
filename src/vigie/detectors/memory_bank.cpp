#include "vigie/detectors/memory_bank.h"

#include "vigie/core/error.h"
#include "vigie/core/log.h"

namespace vigie {

MemoryBank::MemoryBank(Tensor rows, const std::string& search, const std::string& detector) {
  const bool small = rows.dim(0) < ApproximateNeighbours::kSmallestBank;
  if (search != "exact" && small)
    log_info("{}: a bank of {} rows is searched exactly; search = {} serves {} rows or more", detector, rows.dim(0),
             search, ApproximateNeighbours::kSmallestBank);
  if (search == "exact" || small) {
    exact_.emplace(std::move(rows));
    return;
  }
  approximate_.emplace(std::move(rows), approximate_kind_from_name(search));
  log_info("{}: search = {} finds the nearest bank row of {:.1f} % of rows held out", detector, search,
           100 * approximate_->recall());
}

const Tensor& MemoryBank::rows() const {
  VIGIE_CHECK(exact_ || approximate_, "memory bank", "not fitted: there is no bank");
  return exact_ ? exact_->bank() : approximate_->bank();
}

Neighbours MemoryBank::search(const Tensor& queries, std::int64_t k) const {
  VIGIE_CHECK(exact_ || approximate_, "memory bank", "not fitted: there is no bank");
  return exact_ ? exact_->search(queries, k) : approximate_->search(queries, k);
}

}  // namespace vigie
