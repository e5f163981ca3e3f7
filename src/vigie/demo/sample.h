#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vigie/core/tensor.h"
#include "vigie/demo/canvas.h"

namespace vigie::demo {

/// A defect to draw. Its place and shape come from its own seed, so that the part itself stays as without it.
struct Defect {
  std::string type;  ///< empty: none
  std::uint64_t seed = 0;
  float severity = 1;  ///< 0 faint and small … 1 obvious
  float pixel = 0;     ///< side of a pixel, scene units: nothing much smaller can be seen
  bool is(std::string_view name) const { return type == name; }
};

/// A product: its name, the defects it knows and how one part of it is drawn. paint() draws the part that `seed`
/// describes (pose, light, texture), and the defect on it; two calls with the same seed differ by the defect alone.
struct Product {
  std::string name;
  std::vector<std::string> defects;
  void (*paint)(Canvas& canvas, std::uint64_t seed, const Defect& defect);
};

void paint_turned_part(Canvas& canvas, std::uint64_t seed, const Defect& defect);
void paint_woven_fabric(Canvas& canvas, std::uint64_t seed, const Defect& defect);
void paint_circuit_board(Canvas& canvas, std::uint64_t seed, const Defect& defect);

const std::vector<Product>& all_products();

struct LabelledImage {
  Tensor image;  ///< U8 [H W 3]
  Tensor mask;   ///< U8 [H W], 0 or 255: the pixels that the defect changed
};

/// Smallest defect, pixels.
constexpr std::int64_t kSmallestMask = 12;

/// One picture. `defect` is "good" or one of the product's. The picture of ("good", seed) is that of (defect, seed)
/// with the defect undone: both are equal, to the byte, outside the mask.
LabelledImage draw_image(const Product& product, std::string_view defect, std::uint64_t seed, std::int64_t size);

}  // namespace vigie::demo
