#pragma once

#include <string>

#include "vigie/imaging/preprocess.h"
#include "vigie/io/image.h"

namespace vigie {

/// `reading` with what the training set used for files that do not say how many of 16 bits they use.
ImageReadOptions reading_for(const Preprocess& preprocess, ImageReadOptions reading);

/// A part to inspect.
struct Part {
  Tensor image;         ///< as read_image
  std::string warning;  ///< empty, or why its depth is doubtful: "uses 12 of 16 bits (largest value 4095), …"
};

/// Reads a part for a model. Throws as read_image: also BadFile for a part that uses more bits than the training set.
Part read_part(const std::filesystem::path& path, const Preprocess& preprocess, const ImageReadOptions& reading);

}  // namespace vigie
