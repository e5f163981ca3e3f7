#include "vigie/imaging/synthetic_defects.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "vigie/imaging/perlin_noise.h"
#include "vigie/imaging/resize.h"

namespace vigie {

namespace {

constexpr std::int64_t kSmallestSide = 16;

void check(const Tensor& image, std::string_view where) {
  VIGIE_CHECK(image.rank() == 3 && (image.dim(2) == 1 || image.dim(2) == 3), where,
              "an image [H W 1] or [H W 3] is needed, got {}", to_string(image.shape()));
  VIGIE_CHECK(image.dtype() == DType::U8 || image.dtype() == DType::U16, where,
              "an image of 8 or 16 bits is needed, got {}", name_of(image.dtype()));
  VIGIE_CHECK(std::min(image.dim(0), image.dim(1)) >= kSmallestSide, where,
              "an image of {}x{} pixels is too small for a defect (at least {}x{})", image.dim(1), image.dim(0),
              kSmallestSide, kSmallestSide);
}

/// Integer in [low, high].
std::int64_t between(Random& random, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(high - low + 1)));
}

/// Other contrast around mid grey and another brightness of each channel, as shares of the type's range.
struct ColourJitter {
  double contrast = 1;
  double brightness[3] = {0, 0, 0};

  static ColourJitter draw(Random& random, double strength) {
    ColourJitter jitter;
    jitter.contrast = random.uniform(1 - strength, 1 + strength);
    const double common = random.uniform(-strength, strength);
    for (double& channel : jitter.brightness) channel = common + random.uniform(-strength, strength) / 2;
    return jitter;
  }

  template <typename T>
  double apply(T value, std::int64_t channel) const {
    constexpr double range = std::numeric_limits<T>::max();
    return (static_cast<double>(value) - range / 2) * contrast + range * (0.5 + brightness[channel]);
  }
};

template <typename T>
T rounded(double value) {
  return static_cast<T>(std::clamp(value + 0.5, 0.0, static_cast<double>(std::numeric_limits<T>::max())));
}

/// The defective image in the making.
template <typename T>
class Canvas {
 public:
  explicit Canvas(const Tensor& image)
      : channels_(image.dim(2)),
        width_(image.dim(1)),
        source_(image.data<T>()),
        defect_{image.clone(), Tensor::zeros({image.dim(0), image.dim(1)}, DType::U8)} {}

  /// Pixel (x, y) becomes the good image's at (from_x, from_y).
  void paste(std::int64_t x, std::int64_t y, std::int64_t from_x, std::int64_t from_y, const ColourJitter& jitter) {
    blend(x, y, source_ + (from_y * width_ + from_x) * channels_, jitter, 1);
  }

  /// Pixel (x, y) becomes (1 - opacity) · itself + opacity · other.
  void blend(std::int64_t x, std::int64_t y, const T* other, const ColourJitter& jitter, double opacity) {
    const std::int64_t at = y * width_ + x;
    T* pixel = defect_.image.template data<T>() + at * channels_;
    for (std::int64_t c = 0; c < channels_; ++c)
      pixel[c] = rounded<T>((1 - opacity) * static_cast<double>(source_[at * channels_ + c]) +
                            opacity * jitter.apply(other[c], c));
    defect_.mask.template data<std::uint8_t>()[at] = 255;
  }

  SyntheticDefect take() { return std::move(defect_); }

 private:
  std::int64_t channels_, width_;
  const T* source_;
  SyntheticDefect defect_;
};

template <typename T>
SyntheticDefect cut_paste_as(const Tensor& image, Random& random) {
  const std::int64_t height = image.dim(0), width = image.dim(1);
  const double area = random.uniform(0.02, 0.15) * static_cast<double>(height * width);
  const double aspect = std::exp(random.uniform(std::log(0.3), std::log(3.3)));  // neither side preferred
  const std::int64_t columns = std::clamp<std::int64_t>(std::llround(std::sqrt(area * aspect)), 1, width * 9 / 10);
  const std::int64_t rows =
      std::clamp<std::int64_t>(std::llround(area / static_cast<double>(columns)), 1, height * 9 / 10);
  const std::int64_t from_x = between(random, 0, width - columns), from_y = between(random, 0, height - rows);
  std::int64_t to_x = from_x, to_y = from_y;
  while (to_x == from_x && to_y == from_y) {
    to_x = between(random, 0, width - columns);
    to_y = between(random, 0, height - rows);
  }
  const ColourJitter jitter = random.below(2) == 0 ? ColourJitter{} : ColourJitter::draw(random, 0.1);
  Canvas<T> canvas(image);
  for (std::int64_t y = 0; y < rows; ++y)
    for (std::int64_t x = 0; x < columns; ++x) canvas.paste(to_x + x, to_y + y, from_x + x, from_y + y, jitter);
  return canvas.take();
}

template <typename T>
SyntheticDefect scar_as(const Tensor& image, Random& random) {
  const std::int64_t height = image.dim(0), width = image.dim(1);
  const double scale = static_cast<double>(std::min(height, width)) / 256;
  const double length = std::max(3.0, random.uniform(10, 25) * scale);
  const double thickness = std::max(1.0, random.uniform(2, 16) * scale);
  const double angle =
      random.uniform(-45, 45) * std::numbers::pi / 180 + (random.below(2) == 0 ? 0 : std::numbers::pi / 2);
  const double reach = std::hypot(length, thickness) / 2;
  const auto margin = static_cast<std::int64_t>(std::ceil(reach));
  const auto centre = [&](std::int64_t side) { return between(random, margin, side - 1 - margin); };
  const std::int64_t to_x = centre(width), to_y = centre(height), from_x = centre(width), from_y = centre(height);
  const ColourJitter jitter = ColourJitter::draw(random, 0.25);
  Canvas<T> canvas(image);
  for (std::int64_t dy = -margin; dy <= margin; ++dy)
    for (std::int64_t dx = -margin; dx <= margin; ++dx) {
      const double along = static_cast<double>(dx) * std::cos(angle) + static_cast<double>(dy) * std::sin(angle);
      const double across = static_cast<double>(dy) * std::cos(angle) - static_cast<double>(dx) * std::sin(angle);
      if (std::abs(along) > length / 2 || std::abs(across) > thickness / 2) continue;
      canvas.paste(to_x + dx, to_y + dy, from_x + std::lround(along), from_y + std::lround(across), jitter);
    }
  return canvas.take();
}

/// Perlin noise and the value above which `share` of it lies.
struct NoiseMask {
  Tensor noise;
  float threshold;
};

NoiseMask draw_noise_mask(std::int64_t height, std::int64_t width, Random& random) {
  // Blots to grains, but no cell so small that pixels see only its corners, where the noise is 0.
  const auto cells = [&](std::int64_t side) { return std::min(std::int64_t{1} << between(random, 1, 4), side / 4); };
  const std::int64_t rows = cells(height), columns = cells(width);
  Tensor noise = perlin_noise(height, width, rows, columns, random);
  std::vector<float> values(noise.values<float>().begin(), noise.values<float>().end());
  const auto above = static_cast<std::int64_t>(random.uniform(0.01, 0.15) * static_cast<double>(values.size()));
  const auto at = values.end() - std::max<std::int64_t>(1, above);
  std::nth_element(values.begin(), at, values.end());
  return {std::move(noise), *at};
}

/// texture: same type and shape as the image.
template <typename T>
SyntheticDefect overlaid(const Tensor& image, const Tensor& texture, const ColourJitter& jitter, Random& random) {
  const std::int64_t height = image.dim(0), width = image.dim(1), channels = image.dim(2);
  const NoiseMask mask = draw_noise_mask(height, width, random);
  const double opacity = random.uniform(0.1, 1.0);
  const T* other = texture.data<T>();
  const float* noise = mask.noise.data<float>();
  Canvas<T> canvas(image);
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x, ++noise, other += channels)
      if (*noise >= mask.threshold) canvas.blend(x, y, other, jitter, opacity);
  return canvas.take();
}

/// The image moved around (what leaves on one side enters on the other), half the times mirrored.
template <typename T>
Tensor moved_copy(const Tensor& image, Random& random) {
  const std::int64_t height = image.dim(0), width = image.dim(1), channels = image.dim(2);
  const std::int64_t down = between(random, height / 4, 3 * height / 4);
  const std::int64_t right = between(random, width / 4, 3 * width / 4);
  const bool mirror = random.below(2) == 0;
  Tensor out(image.shape(), image.dtype());
  T* to = out.data<T>();
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x, to += channels) {
      const std::int64_t column = (x + right) % width;
      const std::int64_t from = (y + down) % height * width + (mirror ? width - 1 - column : column);
      std::copy_n(image.data<T>() + from * channels, channels, to);
    }
  return out;
}

template <typename From, typename To>
Tensor with_type_and_channels(const Tensor& image, std::int64_t channels) {
  Tensor out({image.dim(0), image.dim(1), channels}, dtype_of<To>());
  const double scale = static_cast<double>(std::numeric_limits<To>::max()) / std::numeric_limits<From>::max();
  const From* from = image.data<From>();
  To* to = out.data<To>();
  for (std::int64_t i = 0; i < image.dim(0) * image.dim(1); ++i, from += image.dim(2), to += channels) {
    const double mean = image.dim(2) == 1 ? from[0] : (from[0] + from[1] + from[2]) / 3.0;
    for (std::int64_t c = 0; c < channels; ++c)
      to[c] = rounded<To>(scale * (image.dim(2) == channels ? static_cast<double>(from[c]) : mean));
  }
  return out;
}

template <typename T>
SyntheticDefect perlin_texture_of_copy(const Tensor& image, Random& random) {
  const Tensor texture = moved_copy<T>(image, random);
  const ColourJitter jitter = ColourJitter::draw(random, 0.3);
  return overlaid<T>(image, texture, jitter, random);
}

template <typename T>
SyntheticDefect perlin_texture_of_other(const Tensor& image, const Tensor& texture, Random& random) {
  const Tensor sized = resize_antialiased(texture, image.dim(0), image.dim(1));
  const Tensor fitting = sized.dtype() == DType::U8 ? with_type_and_channels<std::uint8_t, T>(sized, image.dim(2))
                                                    : with_type_and_channels<std::uint16_t, T>(sized, image.dim(2));
  return overlaid<T>(image, fitting, ColourJitter{}, random);
}

}  // namespace

SyntheticDefect cut_paste(const Tensor& image, Random& random) {
  check(image, "cut_paste");
  return image.dtype() == DType::U8 ? cut_paste_as<std::uint8_t>(image, random)
                                    : cut_paste_as<std::uint16_t>(image, random);
}

SyntheticDefect scar(const Tensor& image, Random& random) {
  check(image, "scar");
  return image.dtype() == DType::U8 ? scar_as<std::uint8_t>(image, random) : scar_as<std::uint16_t>(image, random);
}

SyntheticDefect perlin_texture(const Tensor& image, Random& random) {
  check(image, "perlin_texture");
  return image.dtype() == DType::U8 ? perlin_texture_of_copy<std::uint8_t>(image, random)
                                    : perlin_texture_of_copy<std::uint16_t>(image, random);
}

SyntheticDefect perlin_texture(const Tensor& image, const Tensor& texture, Random& random) {
  check(image, "perlin_texture");
  check(texture, "perlin_texture");
  return image.dtype() == DType::U8 ? perlin_texture_of_other<std::uint8_t>(image, texture, random)
                                    : perlin_texture_of_other<std::uint16_t>(image, texture, random);
}

const std::vector<SyntheticDefectKind>& synthetic_defects() {
  static const std::vector<SyntheticDefectKind> kinds = {
      {"cut_paste", cut_paste}, {"scar", scar}, {"perlin_texture", perlin_texture}};
  return kinds;
}

}  // namespace vigie
