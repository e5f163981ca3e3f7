#include "vigie/imaging/corruptions.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "vigie/imaging/blur.h"
#include "vigie/io/image.h"

namespace vigie {

namespace {

constexpr double kSideOfSigma = 256;

/// One value per severity 1 … 5.
using Levels = std::array<double, kMostSeverity>;
constexpr Levels kSigma{0.5, 1, 1.5, 2, 3};  // pixels of an image of 256
constexpr Levels kSpoiledShare{0.005, 0.01, 0.02, 0.05, 0.1};
constexpr Levels kNoise{5, 10, 15, 25, 40};   // of 255
constexpr Levels kShift{10, 20, 30, 50, 80};  // of 255
constexpr std::array<int, kMostSeverity> kQuality{70, 50, 30, 15, 8};

std::size_t checked_level(const Tensor& image, int severity, std::string_view where) {
  VIGIE_CHECK(severity >= 1 && severity <= kMostSeverity, where, "severity must be 1 to {}, got {}", kMostSeverity,
              severity);
  VIGIE_CHECK(
      image.dtype() == DType::U8 && image.rank() == 3 && (image.dim(2) == 1 || image.dim(2) == 3) && !image.empty(),
      where, "an image must be u8 [H W 1] or [H W 3], got {} {}", name_of(image.dtype()), to_string(image.shape()));
  return static_cast<std::size_t>(severity - 1);
}

std::uint8_t rounded(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::floor(value + 0.5), 0.0, 255.0));
}

}  // namespace

Tensor gaussian_blurred(const Tensor& image, int severity, Random&) {
  const double sigma_of_256 = kSigma[checked_level(image, severity, "gaussian_blur")];
  const std::int64_t height = image.dim(0), width = image.dim(1), channels = image.dim(2);
  const double sigma = sigma_of_256 * static_cast<double>(std::min(height, width)) / kSideOfSigma;
  Tensor out(image.shape(), DType::U8), plane({height, width});
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t i = 0; i < plane.count(); ++i)
      plane.data<float>()[i] = image.data<std::uint8_t>()[i * channels + c];
    const Tensor smooth = gaussian_blur(plane, sigma);
    for (std::int64_t i = 0; i < plane.count(); ++i)
      out.data<std::uint8_t>()[i * channels + c] = rounded(smooth.data<float>()[i]);
  }
  return out;
}

Tensor salt_and_pepper(const Tensor& image, int severity, Random& random) {
  const double share = kSpoiledShare[checked_level(image, severity, "salt_and_pepper")];
  Tensor out = image.clone();
  const std::int64_t channels = image.dim(2);
  for (std::int64_t i = 0; i < out.count(); i += channels) {
    const double toss = random.uniform();
    if (toss >= share) continue;
    std::fill_n(out.data<std::uint8_t>() + i, channels, static_cast<std::uint8_t>(toss < share / 2 ? 0 : 255));
  }
  return out;
}

Tensor gaussian_noise(const Tensor& image, int severity, Random& random) {
  const double deviation = kNoise[checked_level(image, severity, "gaussian_noise")];
  Tensor out = image.clone();
  for (std::uint8_t& value : out.values<std::uint8_t>()) value = rounded(value + deviation * random.normal());
  return out;
}

Tensor brightness_shifted(const Tensor& image, int severity, Random& random) {
  const double size = kShift[checked_level(image, severity, "brightness")];
  const double shift = random.below(2) == 0 ? size : -size;
  Tensor out = image.clone();
  for (std::uint8_t& value : out.values<std::uint8_t>()) value = rounded(value + shift);
  return out;
}

Tensor jpeg_compressed(const Tensor& image, int severity, Random&) {
  const int quality = kQuality[checked_level(image, severity, "jpeg")];
  return decode_image(encode_jpeg(image, quality), "a JPEG in memory", {.max_pixels = image.count()});
}

const std::vector<Corruption>& corruptions() {
  static const std::vector<Corruption> table = {{"gaussian_blur", gaussian_blurred},
                                                {"salt_and_pepper", salt_and_pepper},
                                                {"gaussian_noise", gaussian_noise},
                                                {"brightness", brightness_shifted},
                                                {"jpeg", jpeg_compressed}};
  return table;
}

}  // namespace vigie
