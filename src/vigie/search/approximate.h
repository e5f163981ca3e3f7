#pragma once

#include <memory>
#include <string>

#include "vigie/search/nearest.h"

namespace vigie {

enum class ApproximateKind {
  Ivf,   ///< inverted lists around √M k-means centres; the nearest 8 are scanned. 4·M·D bytes more
  Hnsw,  ///< navigable small-world graph, 32 links a row; slow to build, on one thread. M·(4·D + 270) bytes more
  Pq,    ///< inverted lists of product-quantised rows, at most 64 bytes each, the best 32·K measured. M·72 bytes more
};

/// Search through FAISS (Johnson et al. 2017, arXiv 1702.08734) for banks so large that exact search is too slow: it
/// may miss the nearest row. What it finds is measured by squared_distance(), so distances are those of the exact
/// search wherever it finds the same rows. Deterministic for a bank.
class ApproximateNeighbours {
 public:
  /// bank F32 [M D], M >= 1024; beside it a copy is held for all kinds but Pq. Throws InvalidArgument for a smaller
  /// bank, Unsupported when vigie was built without FAISS.
  ApproximateNeighbours(Tensor bank, ApproximateKind kind);
  ~ApproximateNeighbours();
  ApproximateNeighbours(ApproximateNeighbours&&) noexcept;
  ApproximateNeighbours& operator=(ApproximateNeighbours&&) noexcept;

  /// As NearestNeighbours::search.
  Neighbours search(const Tensor& queries, std::int64_t k) const;
  const Tensor& bank() const;
  /// Share of held-out bank rows, at most 256, whose nearest of the others was found when the index was built.
  double recall() const;

  static bool available();
  static constexpr std::int64_t kSmallestBank = 1024;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// "ivf", "hnsw", "pq". Throws InvalidArgument with the known names.
ApproximateKind approximate_kind_from_name(const std::string& name);

}  // namespace vigie
