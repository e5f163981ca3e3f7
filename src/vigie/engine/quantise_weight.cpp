#include "vigie/engine/quantise_weight.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "vigie/core/threads.h"

namespace vigie::engine {

namespace {

/// A weight seen as output channels of kernels of taps.
struct Layout {
  std::int64_t outs, ins, taps;
  std::int64_t out_stride, in_stride;

  Layout(const Shape& shape, int out_axis) : outs(shape[static_cast<std::size_t>(out_axis)]) {
    ins = shape[static_cast<std::size_t>(1 - out_axis)];
    taps = count_of(shape) / (outs * ins);
    out_stride = out_axis == 0 ? ins * taps : taps;
    in_stride = out_axis == 0 ? taps : outs * taps;
  }
};

/// Elements that are rounded together, by their offsets.
class Rounding {
 public:
  Rounding(const float* values, std::int8_t* elements, float scale)
      : values_(values), elements_(elements), scale_(scale) {}

  void round_to_nearest(const std::vector<std::int64_t>& offsets) {
    for (const std::int64_t i : offsets) elements_[i] = static_cast<std::int8_t>(std::nearbyint(exact(i)));
  }

  /// Moves the elements that lose least by one, until the errors add up to at most a half.
  void balance(const std::vector<std::int64_t>& offsets) {
    double sum = 0;
    for (const std::int64_t i : offsets) sum += error(i);
    const double sign = sum > 0 ? 1 : -1;
    std::vector<std::int64_t> movable;
    for (const std::int64_t i : offsets)
      if (sign * error(i) > 0 && std::abs(elements_[i] - sign) <= 127) movable.push_back(i);
    const auto moves = std::min(movable.size(), static_cast<std::size_t>(std::nearbyint(std::abs(sum))));
    const auto end = movable.begin() + static_cast<std::ptrdiff_t>(moves);
    std::ranges::partial_sort(movable, end, [&](std::int64_t a, std::int64_t b) {
      const double first = sign * error(a), second = sign * error(b);
      return first != second ? first > second : a < b;
    });
    std::for_each(movable.begin(), end,
                  [&](std::int64_t i) { elements_[i] = static_cast<std::int8_t>(elements_[i] - sign); });
  }

 private:
  double exact(std::int64_t i) const { return static_cast<double>(values_[i]) / scale_; }
  double error(std::int64_t i) const { return elements_[i] - exact(i); }

  const float* values_;
  std::int8_t* elements_;
  double scale_;
};

std::vector<float> channel_scales(const Tensor& weight, const Layout& layout) {
  std::vector<float> largest(static_cast<std::size_t>(layout.outs), 0.0F);
  for (std::int64_t i = 0; i < weight.count(); ++i) {
    float& channel = largest[static_cast<std::size_t>(i / layout.out_stride % layout.outs)];
    channel = std::max(channel, std::abs(weight.data<float>()[i]));
  }
  // A channel far below the rest counts as zero: its own scale would push the bias, counted in it, out of the floats.
  const float top = *std::ranges::max_element(largest);
  const float floor = top > 0 ? std::max(top * 1e-6F, 1e-30F) : 1.0F;
  for (float& scale : largest) scale = std::max(scale, floor) / 127;
  return largest;
}

}  // namespace

QuantisedWeight quantise_weight(const Tensor& weight, int out_axis) {
  const Layout layout(weight.shape(), out_axis);
  QuantisedWeight result{Tensor(weight.shape(), DType::U8), channel_scales(weight, layout)};
  auto* elements = static_cast<std::int8_t*>(result.elements.raw());
  parallel_for(layout.outs, [&](std::int64_t out) {
    Rounding rounding(weight.data<float>(), elements, result.scales[static_cast<std::size_t>(out)]);
    std::vector<std::int64_t> channel;
    for (std::int64_t in = 0; in < layout.ins; ++in) {
      std::vector<std::int64_t> kernel;
      for (std::int64_t tap = 0; tap < layout.taps; ++tap)
        kernel.push_back(out * layout.out_stride + in * layout.in_stride + tap);
      rounding.round_to_nearest(kernel);
      if (layout.taps > 1) rounding.balance(kernel);
      channel.insert(channel.end(), kernel.begin(), kernel.end());
    }
    rounding.balance(channel);
  });
  return result;
}

Tensor dequantised(const QuantisedWeight& weight, int out_axis) {
  const Layout layout(weight.elements.shape(), out_axis);
  Tensor result(weight.elements.shape());
  const auto* elements = static_cast<const std::int8_t*>(weight.elements.raw());
  for (std::int64_t i = 0; i < result.count(); ++i)
    result.data<float>()[i] =
        static_cast<float>(elements[i]) * weight.scales[static_cast<std::size_t>(i / layout.out_stride % layout.outs)];
  return result;
}

}  // namespace vigie::engine
