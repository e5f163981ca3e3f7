#include "vigie/core/error.h"
#include "vigie/search/approximate.h"

namespace vigie {

ApproximateKind approximate_kind_from_name(const std::string& name) {
  if (name == "ivf") return ApproximateKind::Ivf;
  if (name == "hnsw") return ApproximateKind::Hnsw;
  if (name == "pq") return ApproximateKind::Pq;
  fail(ErrorKind::InvalidArgument, "approximate search", "'{}' is none of ivf, hnsw, pq", name);
}

}  // namespace vigie
