#pragma once

#include <string_view>
#include <vector>

#include "vigie/core/random.h"
#include "vigie/core/tensor.h"

namespace vigie {

// What a camera, its light and its cable do to a picture of a good part. All take U8 [H W C] with C = 1 or 3 and a
// severity of 1 … 5, return a new image of the same shape, and throw InvalidArgument for anything else. The same state
// of `random` gives the same bytes. Blur is in proportion to the image; noise and compression act on its own pixels.

constexpr int kMostSeverity = 5;

/// Out of focus: Gaussian of sigma 0.5, 1, 1.5, 2, 3 pixels of an image whose shorter side is 256, in proportion
/// otherwise.
Tensor gaussian_blurred(const Tensor& image, int severity, Random& random);

/// Dead and hot pixels: each pixel with chance 0.5, 1, 2, 5, 10 % becomes black or white, all channels alike.
Tensor salt_and_pepper(const Tensor& image, int severity, Random& random);

/// Sensor noise: to each value its own normal number, standard deviation 5, 10, 15, 25, 40 of 255.
Tensor gaussian_noise(const Tensor& image, int severity, Random& random);

/// Light: all values shifted alike by 10, 20, 30, 50, 80 of 255, up or down by a toss.
Tensor brightness_shifted(const Tensor& image, int severity, Random& random);

/// Compression: written as JPEG of quality 70, 50, 30, 15, 8 and read back.
Tensor jpeg_compressed(const Tensor& image, int severity, Random& random);

/// A row of the table of corruptions.
struct Corruption {
  std::string_view name;  ///< "gaussian_blur"
  Tensor (*apply)(const Tensor& image, int severity, Random& random);
};

const std::vector<Corruption>& corruptions();

}  // namespace vigie
