#include <cmath>

#include "vigie/core/error.h"
#include "vigie/core/random.h"
#include "vigie/search/coreset.h"
#include "vigie/search/matrix_product.h"

namespace vigie {

Tensor random_projection(const Tensor& rows, std::int64_t dimensions, std::uint64_t seed) {
  VIGIE_CHECK(rows.rank() == 2 && rows.dim(1) > 0, "random_projection", "rows must be [N D], got {}",
              to_string(rows.shape()));
  VIGIE_CHECK(dimensions > 0, "random_projection", "dimensions must be positive, got {}", dimensions);
  Tensor directions({dimensions, rows.dim(1)});
  Random random(seed);
  const double scale = 1.0 / std::sqrt(static_cast<double>(dimensions));
  for (float& x : directions.values<float>()) x = static_cast<float>(random.normal() * scale);
  Tensor projected({rows.dim(0), dimensions});
  multiply_transposed(rows.dim(0), dimensions, rows.dim(1), 1, rows.data<float>(), directions.data<float>(), 0,
                      projected.data<float>());
  return projected;
}

}  // namespace vigie
