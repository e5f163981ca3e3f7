#pragma once

#include "vigie/core/random.h"
#include "vigie/core/tensor.h"

namespace vigie {

// Other views of one image, for training. All take U8 [H W 3], give a new image of the same shape, and throw
// InvalidArgument for anything else. The same state of `random` gives the same bytes.

/// What random_resized_crop may cut out. Ranges low … high.
struct CropRange {
  double least_area = 0.08, most_area = 1;               ///< shares of the image's area, > 0 and <= 1
  double least_aspect = 3.0 / 4, most_aspect = 4.0 / 3;  ///< width : height, in units of the image's own, > 0
};

/// A random rectangle, brought back to the image's size (antialiased). A side longer than the image's is cut to it.
Tensor random_resized_crop(const Tensor& image, const CropRange& range, Random& random);
/// The same brought to side x side pixels.
Tensor random_resized_crop(const Tensor& image, const CropRange& range, std::int64_t side, Random& random);

/// How far colours may move; 0 = not at all.
struct ColourRange {
  double brightness = 0;  ///< colours times 1 - b … 1 + b
  double contrast = 0;    ///< distance from the image's mean grey, alike
  double saturation = 0;  ///< distance from the pixel's own grey, alike
  double hue = 0;         ///< turn about the grey axis of RGB, as share of a full turn, 0 … 0.5
};

/// All four drawn and applied at once, as one affine map of RGB. (torchvision's ColorJitter does them in random order,
/// rounds between them, and turns the hue in HSV.)
Tensor colour_jitter(const Tensor& image, const ColourRange& range, Random& random);

/// Every pixel's grey (ITU-R BT.601) in all three channels.
Tensor without_colour(const Tensor& image);

/// Turned about its centre, counter-clockwise; bilinear; outside the image its border goes on.
Tensor rotate(const Tensor& image, double degrees);

Tensor flip_horizontal(const Tensor& image);
Tensor flip_vertical(const Tensor& image);

/// Gaussian noise, independent in every value; deviation `sigma` as share of the full range (0.01 = 2.55 grey levels).
Tensor add_noise(const Tensor& image, double sigma, Random& random);

}  // namespace vigie
