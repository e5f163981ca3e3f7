#pragma once

#include <optional>
#include <string>

#include "vigie/search/approximate.h"

namespace vigie {

/// Normal patch vectors F32 [M D], ready to be searched: exactly, or through FAISS.
class MemoryBank {
 public:
  MemoryBank() = default;
  /// search = "exact" | "ivf" | "hnsw" | "pq", which a bank too small for FAISS to train on does without. Builds the
  /// index anew; what approximate search finds is logged.
  MemoryBank(Tensor rows, const std::string& search, const std::string& detector);

  /// Both throw InvalidArgument when there is no bank yet.
  const Tensor& rows() const;
  Neighbours search(const Tensor& queries, std::int64_t k) const;
  /// Share of held-out rows whose nearest was found; nothing for exact search.
  std::optional<double> recall() const {
    return approximate_ ? std::optional<double>(approximate_->recall()) : std::nullopt;
  }

 private:
  std::optional<NearestNeighbours> exact_;
  std::optional<ApproximateNeighbours> approximate_;
};

}  // namespace vigie
