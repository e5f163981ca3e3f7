#pragma once

#include <filesystem>

#include "vigie/core/tensor.h"
#include "vigie/io/image.h"

namespace vigie {

/// A mask and how its file was understood (docs/formats.md).
struct MaskReading {
  /// What told defect from background.
  enum class Carrier {
    Value,    ///< brightness above 0
    Palette,  ///< index 0 or the black colour, which are not one, whichever covers more, is the background
    Alpha,    ///< opacity: nothing but black or one colour lies under it
  };
  Tensor mask;  ///< U8 [H W], 1 = defect
  Carrier carrier = Carrier::Value;
  bool soft = false;          ///< JPEG or smoothed edges: cut at two fifths of the brightest value
  bool turn_assumed = false;  ///< turned as its picture is, although nothing proves that it should be
};

/// U8 [H W], 1 = defect: any value above 0, in any channel. Exceptions: in palettes index 0 is background, or black
/// where that is another index and covers more; transparent is background, and where only opacity differs that is the
/// mask; where values are smoothed or from a JPEG, two fifths of the brightest value decide. Errors as read_image.
Tensor read_mask(const std::filesystem::path& path, const ImageReadOptions& options = {});

/// The mask of a picture. Without an orientation of its own it lies as its picture is shown when it has that size, and
/// as its picture is stored when it has that one; where the two are one size (square, upside down, mirrored) it is
/// taken to lie as stored, and turn_assumed is set.
MaskReading read_mask_of(const std::filesystem::path& path, const std::filesystem::path& picture,
                         const ImageReadOptions& options = {});

}  // namespace vigie
