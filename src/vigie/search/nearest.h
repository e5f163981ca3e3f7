#pragma once

#include <memory>

#include "vigie/core/precision.h"
#include "vigie/core/tensor.h"

namespace vigie {

class BankFilter;

/// K nearest bank rows of every query row.
struct Neighbours {
  Tensor distances;  ///< F32 [N K], Euclidean, ascending
  Tensor indices;    ///< I64 [N K]
};

/// How a search may go about it. The result is the same to the bit, whatever is chosen.
struct NearestOptions {
  Precision precision = Precision::Int8;  ///< of the filters; where the processor lacks it, they are F32
  bool project = true;  ///< also filter along the bank's leading directions; false: a bank that is searched only once
};

/// What a search cost.
struct SearchCounts {
  std::int64_t measured = 0;   ///< distances computed in full
  std::int64_t projected = 0;  ///< pairs bounded along the leading directions
  std::int64_t rounded = 0;    ///< pairs bounded in 8-bit integers
  std::int64_t products = 0;   ///< pairs bounded by f32 products
};

/// Exact search over a bank F32 [M D]. Every pair first gets a lower bound of its distance, proven in bank_filter.h, by
/// the cheapest filter that sorts out enough: 127 leading directions of the bank and the length of the rest, in 8-bit
/// integers; all dimensions in 8-bit integers; f32 products. Rows that may still be among the K nearest are measured by
/// squared_distance(), so the result is that of search_brute_force() to the bit, and ties go to the lower index.
/// Time of a search: 256·N·M integer operations and 256·N·D FLOP when the bank has structure, 2·N·M·D of either kind
/// when it has none; scratch O(M + 200·D) floats a thread.
/// Memory beside the bank's 4·M·D bytes: 8·M; with int8 M·(D + 16) more; with a projection M·144 (int8) or M·520 (f32)
/// more; the bases are below 1 kB per dimension. Build: about 256·M·D FLOP and a few passes over the bank.
class NearestNeighbours {
 public:
  explicit NearestNeighbours(Tensor bank, const NearestOptions& options = {});
  ~NearestNeighbours();
  NearestNeighbours(NearestNeighbours&&) noexcept;
  NearestNeighbours& operator=(NearestNeighbours&&) noexcept;

  /// queries F32 [N D]. `counts`, if given, is added to. Throws InvalidArgument when K is not in 1 … M, D differs or a
  /// query is not finite.
  Neighbours search(const Tensor& queries, std::int64_t k, SearchCounts* counts = nullptr) const;
  const Tensor& bank() const { return bank_; }
  /// Memory beside the bank.
  std::int64_t bytes() const;

 private:
  struct Level;

  Tensor bank_;
  std::vector<Level> levels_;  ///< cheapest filter first
};

/// The slow, obvious reference.
Neighbours search_brute_force(const Tensor& bank, const Tensor& queries, std::int64_t k);

}  // namespace vigie
