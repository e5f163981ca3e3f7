#pragma once

#include <cstdint>
#include <vector>

#include "vigie/core/tensor.h"

namespace vigie {

/// Number format of the products behind coarse distances. Int8 needs AVX512-VNNI.
enum class CoarseFormat { Int8, F32 };
/// The fastest that runs here for rows of `dims` values.
CoarseFormat fastest_coarse_format(std::int64_t dims);

/// A ball around a rounded row x̂ = scale · q. Two balls meet when
/// q · q' >= ½ (inverse · power' + power · inverse') − reach · reach'.
struct Ball {
  float inverse;  ///< 1 / scale
  float power;    ///< (|x̂|² − radius²) / scale: the power of the origin with respect to the ball
  float reach;    ///< radius / scale
};

/// Balls in separate arrays, for vector loops.
struct Balls {
  std::vector<float> inverse, power, reach;

  void resize(std::size_t count);
  void push_back(const Ball& ball);
  void set(std::size_t i, const Ball& ball);
  void move(std::size_t from, std::size_t to) { set(to, {inverse[from], power[from], reach[from]}); }
};

/// Rounded rows side by side, as products want them. One of the two arrays is used; so in CoarseProducts.
struct CoarsePanel {
  std::vector<std::int8_t> int8;
  std::vector<float> f32;
};

/// Dot products of rounded rows, row-major.
struct CoarseProducts {
  std::vector<std::int32_t> int8;
  std::vector<float> f32;

  /// First i in [begin, end) whose ball may meet `ball`, given their products from `first` on; `end` if none does.
  std::int64_t next_meeting(std::int64_t first, const Ball& ball, const Balls& balls, std::int64_t begin,
                            std::int64_t end) const;
};

/// Rows rounded so far that products of them are cheap, with a bound of what the rounding changes: a row, shifted and
/// scaled as all are, lies within error(row) of its rounded image. So two rows a, b can be nearer than r only if the
/// ball of radius error(a) + r around â and that of error(b) around b̂ meet. Errors include what the floats of this test
/// round, so the test has no false negatives; what passes is measured by squared_distance().
/// Memory: N·(D + 12) bytes for Int8, one scale per row; 12·N for F32, whose images are made when a panel asks.
class CoarseRows {
 public:
  /// rows F32 [N D], kept by reference; all within sqrt(farthest) of one of them, 0 < farthest < infinity.
  CoarseRows(const Tensor& rows, float farthest, CoarseFormat format);

  /// Around everything whose squared_distance() to the row may be below `squared`; 0: around the row itself.
  Ball ball(std::int64_t row, float squared) const;

  void resize(CoarsePanel& panel, std::int64_t count) const;
  void put(std::int64_t row, CoarsePanel& panel, std::int64_t place) const;
  void move(CoarsePanel& panel, std::int64_t from, std::int64_t to) const;

  void resize(CoarseProducts& products, std::int64_t count) const;
  /// products[first + i · b + j] = left[left_first + i] · right[right_first + j] for i < a, j < b; on this thread.
  void multiply(const CoarsePanel& left, std::int64_t left_first, std::int64_t a, const CoarsePanel& right,
                std::int64_t right_first, std::int64_t b, CoarseProducts& products, std::int64_t first) const;

 private:
  void image(std::int64_t row, float* out) const;
  void round_row(std::int64_t row, float* image);

  const float* rows_;
  std::int64_t dims_;
  CoarseFormat format_;
  std::vector<float> centre_;
  float unit_;    ///< images are (row − centre) · unit
  double slack_;  ///< error of the test itself, in lengths of the image
  std::vector<std::int8_t> rounded_;
  std::vector<float> scale_, norm_, error_;
};

}  // namespace vigie
