#include "vigie/search/coarse_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "vigie/core/random.h"
#include "vigie/search/distance.h"

namespace vigie {
namespace {

constexpr std::int64_t kRows = 150;

std::vector<CoarseFormat> formats_here() {
  if (fastest_coarse_format(1) == CoarseFormat::F32) return {CoarseFormat::F32};
  return {CoarseFormat::F32, CoarseFormat::Int8};
}

/// Rows of very different lengths and gaps: some equal, some a rounding apart.
Tensor awkward_rows(std::int64_t dims, float scale, float offset, std::uint64_t seed) {
  Random random(seed);
  Tensor rows({kRows, dims});
  for (std::int64_t i = 0; i < kRows; ++i) {
    float* row = rows.data<float>() + i * dims;
    const double length = scale * std::pow(10.0, random.uniform(-6, 0));
    for (std::int64_t d = 0; d < dims; ++d) row[d] = offset + static_cast<float>(length * random.normal());
    if (i % 5 == 4) std::copy_n(row - dims, dims, row);
    if (i % 10 == 9) row[0] = std::nextafter(row[0], offset);
  }
  return rows;
}

struct Coarse {
  CoarseRows rows;
  CoarsePanel panel;
  CoarseProducts products;
};

Coarse all_products(const Tensor& rows, CoarseFormat format) {
  float farthest = 0;
  for (std::int64_t i = 0; i < kRows; ++i)
    farthest =
        std::max(farthest, squared_distance(rows.data<float>() + i * rows.dim(1), rows.data<float>(), rows.dim(1)));
  Coarse coarse{CoarseRows(rows, farthest, format), {}, {}};
  coarse.rows.resize(coarse.panel, kRows);
  for (std::int64_t i = 0; i < kRows; ++i) coarse.rows.put(i, coarse.panel, i);
  coarse.rows.resize(coarse.products, kRows * kRows);
  coarse.rows.multiply(coarse.panel, 0, kRows, coarse.panel, 0, kRows, coarse.products, 0);
  return coarse;
}

Balls points(const CoarseRows& rows) {
  Balls balls;
  for (std::int64_t i = 0; i < kRows; ++i) balls.push_back(rows.ball(i, 0));
  return balls;
}

TEST(CoarseRows, NeverMissARowNearerThanTheRadius) {
  for (const CoarseFormat format : formats_here())
    for (const std::int64_t dims : {1, 7, 64, 500})
      for (const float scale : {1e-19F, 1e-3F, 1.0F, 1e15F})
        for (const float offset : {0.0F, 100.0F}) {
          const Tensor rows = awkward_rows(dims, scale, offset * scale, 7);
          const Coarse coarse = all_products(rows, format);
          const Balls others = points(coarse.rows);
          for (std::int64_t a = 0; a < kRows; ++a)
            for (std::int64_t b = 0; b < kRows; ++b) {
              const float d = squared_distance(rows.data<float>() + a * dims, rows.data<float>() + b * dims, dims);
              const float above = std::nextafter(d, std::numeric_limits<float>::infinity());
              EXPECT_EQ(coarse.products.next_meeting(a * kRows, coarse.rows.ball(a, above), others, b, b + 1), b)
                  << "rows " << a << " and " << b << ", " << dims << " dimensions, scale " << scale;
            }
        }
}

TEST(CoarseRows, RejectRowsThatAreClearlyFarther) {
  Random random(2);
  Tensor rows({kRows, 64});
  for (float& x : rows.values<float>()) x = static_cast<float>(random.normal());
  for (const CoarseFormat format : formats_here()) {
    const Coarse coarse = all_products(rows, format);
    const Balls others = points(coarse.rows);
    for (std::int64_t a = 0; a < kRows; ++a)
      for (std::int64_t b = 0; b < kRows; ++b) {
        const float d = squared_distance(rows.data<float>() + a * 64, rows.data<float>() + b * 64, 64);
        if (a == b) continue;
        EXPECT_EQ(coarse.products.next_meeting(a * kRows, coarse.rows.ball(a, 0.9F * d), others, b, b + 1), b + 1);
      }
  }
}

TEST(CoarseRows, FindTheFirstMeetingOfARange) {
  Random random(3);
  Tensor rows({kRows, 20});
  for (float& x : rows.values<float>()) x = static_cast<float>(random.normal());
  for (const std::int64_t twin : {40, 41, 100}) std::copy_n(rows.data<float>(), 20, rows.data<float>() + twin * 20);
  for (const CoarseFormat format : formats_here()) {
    const Coarse coarse = all_products(rows, format);
    const Balls others = points(coarse.rows);
    const Ball ball = coarse.rows.ball(0, 1e-3F);
    std::vector<std::int64_t> found;
    for (std::int64_t i = 1; (i = coarse.products.next_meeting(0, ball, others, i, kRows)) < kRows; ++i)
      found.push_back(i);
    EXPECT_EQ(found, (std::vector<std::int64_t>{40, 41, 100}));
    EXPECT_EQ(coarse.products.next_meeting(0, ball, others, 42, 100), 100);
    EXPECT_EQ(coarse.products.next_meeting(0, ball, others, 42, 90), 90);
  }
}

}  // namespace
}  // namespace vigie
