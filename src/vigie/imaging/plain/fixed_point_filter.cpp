#include "vigie/core/error.h"
#include "vigie/imaging/fixed_point_rows.h"

namespace vigie {

bool FixedPointRows::available() {
  return false;
}

void FixedPointRows::filter(const std::uint8_t*, std::int64_t, std::uint8_t*, std::int64_t, std::int64_t) const {
  fail(ErrorKind::Internal, "FixedPointRows", "built without AVX2");
}

}  // namespace vigie
