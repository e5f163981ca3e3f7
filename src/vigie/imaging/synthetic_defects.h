#pragma once

#include <string_view>
#include <vector>

#include "vigie/core/random.h"
#include "vigie/core/tensor.h"

namespace vigie {

/// A good image made defective. Pixels outside the mask are those of the good image; inside they may differ.
struct SyntheticDefect {
  Tensor image;  ///< same type and shape as the good image
  Tensor mask;   ///< U8 [H W]: 255 where the image may have changed, else 0; never empty
};

// All take U8 or U16 [H W 1|3] of at least 16x16 pixels and throw InvalidArgument for anything else. The same state of
// `random` gives the same bytes.

/// CutPaste (Li et al., CVPR 2021, arXiv 2104.04015): a rectangle of 2 … 15 % of the image's area, sides 0.3 … 3.3 to
/// 1, pasted elsewhere; every second time with its brightness, contrast and colour shifted a little.
SyntheticDefect cut_paste(const Tensor& image, Random& random);

/// The same paper's scar: a thin piece (2 … 16 by 10 … 25 pixels of an image of 256, in proportion otherwise) with
/// shifted colours, turned any way (the paper: up to 45 degrees) and pasted elsewhere.
SyntheticDefect scar(const Tensor& image, Random& random);

/// As DRAEM (Zavrtanik et al., ICCV 2021, arXiv 2108.07610): a texture laid over the image with opacity 0.1 … 1 where
/// Perlin noise is highest. The threshold is chosen so that 1 … 15 % of the image is covered: unlike a fixed one it
/// never leaves the mask empty. The texture is the image itself, shifted, mirrored and with other colours …
SyntheticDefect perlin_texture(const Tensor& image, Random& random);
/// … or another image (U8 or U16 [h w 1|3], any size), resized and brought to the same type and channels.
SyntheticDefect perlin_texture(const Tensor& image, const Tensor& texture, Random& random);

/// A row of the table of kinds.
struct SyntheticDefectKind {
  std::string_view name;  ///< "cut_paste"
  SyntheticDefect (*make)(const Tensor& image, Random& random);
};

/// Every kind that needs no second image.
const std::vector<SyntheticDefectKind>& synthetic_defects();

}  // namespace vigie
