// In place of approximate.cpp where FAISS is not installed.
#include "vigie/core/error.h"
#include "vigie/search/approximate.h"

namespace vigie {

class ApproximateNeighbours::Impl {};

ApproximateNeighbours::ApproximateNeighbours(Tensor, ApproximateKind) {
  fail(ErrorKind::Unsupported, "ApproximateNeighbours",
       "this vigie was built without FAISS; use exact search, or build with libfaiss-dev and VIGIE_FAISS=ON");
}
ApproximateNeighbours::~ApproximateNeighbours() = default;
ApproximateNeighbours::ApproximateNeighbours(ApproximateNeighbours&&) noexcept = default;
ApproximateNeighbours& ApproximateNeighbours::operator=(ApproximateNeighbours&&) noexcept = default;

Neighbours ApproximateNeighbours::search(const Tensor&, std::int64_t) const {
  fail(ErrorKind::Internal, "ApproximateNeighbours", "searched without an index");
}
const Tensor& ApproximateNeighbours::bank() const {
  fail(ErrorKind::Internal, "ApproximateNeighbours", "asked for a bank without an index");
}
double ApproximateNeighbours::recall() const {
  return 0;
}
bool ApproximateNeighbours::available() {
  return false;
}

}  // namespace vigie
