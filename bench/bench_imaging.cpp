#include <fmt/format.h>

#include "bench.h"
#include "vigie/core/random.h"
#include "vigie/decision/postprocess.h"
#include "vigie/decision/regions.h"
#include "vigie/detectors/patch_embedding.h"
#include "vigie/imaging/blur.h"
#include "vigie/imaging/preprocess.h"
#include "vigie/imaging/resample_taps.h"
#include "vigie/imaging/resize.h"

namespace vigie::bench {

namespace {

Tensor noise(const Shape& shape) {
  Random random(5);
  Tensor out(shape);
  for (float& x : out.values<float>()) x = static_cast<float>(random.normal());
  return out;
}

Tensor noise_image(std::int64_t side) {
  Random random(6);
  Tensor out({side, side, 3}, DType::U8);
  for (auto& x : out.values<std::uint8_t>()) x = static_cast<std::uint8_t>(random.next());
  return out;
}

void print_stage(const std::string& stage, const std::function<void()>& fast, const std::function<void()>& obvious) {
  const double ms = 1e3 * median_seconds(41, fast), slow = 1e3 * median_seconds(5, obvious);
  fmt::print("{:<44} {:>9.3f} {:>12.3f} {:>7.1f}x\n", stage, ms, slow, slow / ms);
}

// Pillow's resize as its definition reads: one sum per value, columns first, then the normalisation.
Tensor preprocess_obviously(const Tensor& image, std::int64_t side) {
  const std::int64_t in = image.dim(0);
  const auto taps = fixed_point_taps(triangle_taps(in, side, 0, side));
  Tensor between({in, side, 3}, DType::U8), out({side, side, 3});
  const auto filtered = [&](const std::uint8_t* first, std::int64_t stride, std::int64_t at) {
    std::int64_t sum = std::int64_t{1} << (kFractionBits - 1);
    for (std::int64_t t = 0; t < taps.count; ++t) sum += std::int64_t{taps.weights(at)[t]} * first[t * stride];
    return std::clamp<std::int64_t>(sum >> kFractionBits, 0, 255);
  };
  std::uint8_t* row = between.data<std::uint8_t>();
  for (std::int64_t i = 0; i < in * side * 3; ++i) {
    const std::int64_t x = i / 3 % side, first = taps.first[static_cast<std::size_t>(x)];
    const std::uint8_t* pixel = image.data<std::uint8_t>() + (i / 3 / side * in + first) * 3 + i % 3;
    row[i] = static_cast<std::uint8_t>(filtered(pixel, 3, x));
  }
  const Preprocess p;
  for (std::int64_t i = 0; i < out.count(); ++i) {
    const std::int64_t y = i / 3 / side, first = taps.first[static_cast<std::size_t>(y)];
    const auto value = static_cast<float>(filtered(row + first * side * 3 + i % (side * 3), side * 3, y));
    const auto c = static_cast<std::size_t>(i % 3);
    out.data<float>()[i] = (value / 255 - p.mean[c]) / p.std[c];
  }
  return out;
}

// Mean over patches of 3 by nine visits per value; nothing to add beyond the border.
Tensor average_obviously(const Tensor& layer) {
  const std::int64_t height = layer.dim(1), width = layer.dim(2), channels = layer.dim(3);
  Tensor out = Tensor::zeros({height, width, channels});
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      for (std::int64_t k = 0; k < 9; ++k) {
        const std::int64_t cy = y + k / 3 - 1, cx = x + k % 3 - 1;
        if (cy < 0 || cx < 0 || cy >= height || cx >= width) continue;
        for (std::int64_t c = 0; c < channels; ++c)
          out.data<float>()[(y * width + x) * channels + c] +=
              layer.data<float>()[(cy * width + cx) * channels + c] / 9.0F;
      }
  return out;
}

Tensor embed_obviously(const Features& features) {
  const std::int64_t height = features[0].dim(1), width = features[0].dim(2);
  Features grids;
  std::int64_t dims = 0;
  for (const Tensor& layer : features) {
    grids.push_back(resize_bilinear(average_obviously(layer), height, width));
    dims += layer.dim(3);
  }
  Tensor out({height * width, dims});
  float* to = out.data<float>();
  for (std::int64_t p = 0; p < height * width; ++p)
    for (const Tensor& grid : grids)
      to = std::copy_n(std::as_const(grid).data<float>() + p * grid.dim(2), grid.dim(2), to);
  return out;
}

Tensor interpolate_obviously(const Tensor& map, std::int64_t side) {
  const std::int64_t in = map.dim(0);
  const float scale = static_cast<float>(in) / static_cast<float>(side);
  const auto place = [&](std::int64_t i) { return std::max(0.0F, (static_cast<float>(i) + 0.5F) * scale - 0.5F); };
  Tensor out({side, side});
  for (std::int64_t i = 0; i < side * side; ++i) {
    const float v = place(i / side), u = place(i % side);
    const auto top = static_cast<std::int64_t>(v), left = static_cast<std::int64_t>(u);
    const std::int64_t bottom = std::min(top + 1, in - 1), right = std::min(left + 1, in - 1);
    const float dv = v - static_cast<float>(top), du = u - static_cast<float>(left);
    const float* values = map.data<float>();
    out.data<float>()[i] = (1 - dv) * ((1 - du) * values[top * in + left] + du * values[top * in + right]) +
                           dv * ((1 - du) * values[bottom * in + left] + du * values[bottom * in + right]);
  }
  return out;
}

// Labels of every pixel, whether there are regions or not.
std::int32_t label_obviously(const Tensor& map, float threshold) {
  Tensor mask(map.shape(), DType::U8);
  for (std::int64_t i = 0; i < map.count(); ++i)
    mask.data<std::uint8_t>()[i] = map.data<float>()[i] >= threshold ? 1 : 0;
  return label_regions(mask).count;
}

void bench_embedding(const char* backbone, std::int64_t channels) {
  const Features features{noise({1, 28, 28, channels}), noise({1, 14, 14, 2 * channels})};
  print_stage(
      fmt::format("patch embedding, {} layer2 + layer3", backbone), [&] { PatchEmbedding{}.embed(features); },
      [&] { embed_obviously(features); });
}

}  // namespace

void bench_imaging() {
  fmt::print("{:<44} {:>9} {:>12} {:>8}\n", "around the network, one part", "ms", "obvious ms", "ratio");
  const Tensor image = noise_image(900);
  print_stage(
      "preprocess 900x900 RGB to 256x256", [&] { preprocess_image(image, {}); },
      [&] { preprocess_obviously(image, 256); });
  bench_embedding("resnet18", 128);
  bench_embedding("wide_resnet50_2", 512);
  const Tensor grid = noise({28, 28});
  print_stage(
      "map 28x28 to 224x224, sigma 4", [&] { input_map(grid, 224, 224, 4); },
      [&] { gaussian_blur(interpolate_obviously(grid, 224), 4); });
  const Tensor map = input_map(grid, 224, 224, 4), full = resize_bilinear(map, 900, 900);
  print_stage(
      "map 224x224 to 900x900", [&] { resize_bilinear(map, 900, 900); }, [&] { interpolate_obviously(map, 900); });
  const auto values = full.values<float>();
  const float highest = *std::max_element(values.begin(), values.end());
  print_stage(
      "regions of 900x900, none", [&] { find_regions(full, highest + 1, 16); },
      [&] { label_obviously(full, highest + 1); });
  print_stage(
      "regions of 900x900, some", [&] { find_regions(full, 0.7F * highest, 16); },
      [&] { label_obviously(full, 0.7F * highest); });
  fmt::print("\n");
}

}  // namespace vigie::bench
