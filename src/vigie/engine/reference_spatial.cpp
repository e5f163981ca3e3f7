#include <algorithm>
#include <cmath>
#include <limits>

#include "vigie/engine/reference_ops.h"
#include "vigie/nn/ops.h"

namespace vigie::reference {

namespace {

using nn::int_attr;

/// Calls body(b, y, x, c) for every element of an image batch.
template <typename Body>
void for_each(const Shape& shape, const Body& body) {
  for (std::int64_t b = 0; b < shape[0]; ++b)
    for (std::int64_t y = 0; y < shape[1]; ++y)
      for (std::int64_t x = 0; x < shape[2]; ++x)
        for (std::int64_t c = 0; c < shape[3]; ++c) body(b, y, x, c);
}

bool inside(const Value& value, std::int64_t y, std::int64_t x) {
  return y >= 0 && y < value.shape[1] && x >= 0 && x < value.shape[2];
}

double bias_of(const std::vector<Value>& params, std::int64_t c) {
  return params.size() > 1 ? params[1].data[static_cast<std::size_t>(c)] : 0.0;
}

/// Element of a weight [a b kh kw].
double tap(const Value& w, std::int64_t a, std::int64_t b, std::int64_t u, std::int64_t v) {
  return w.data[static_cast<std::size_t>(((a * w.shape[1] + b) * w.shape[2] + u) * w.shape[3] + v)];
}

}  // namespace

void convolve(const nn::Node& node, const Value& in, const std::vector<Value>& params, Value& out) {
  const std::int64_t stride = int_attr(node, "stride"), pad = int_attr(node, "pad");
  const std::int64_t dilation = int_attr(node, "dilation");
  const Value& weight = params[0];
  const std::int64_t in_per_group = weight.shape[1];
  const std::int64_t out_per_group = weight.shape[0] / int_attr(node, "groups");
  for_each(out.shape, [&](std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t c) {
    double sum = bias_of(params, c);
    for (std::int64_t u = 0; u < weight.shape[2]; ++u)
      for (std::int64_t v = 0; v < weight.shape[3]; ++v) {
        const std::int64_t row = y * stride - pad + u * dilation;
        const std::int64_t col = x * stride - pad + v * dilation;
        if (!inside(in, row, col)) continue;
        for (std::int64_t i = 0; i < in_per_group; ++i)
          sum += tap(weight, c, i, u, v) * in.at(b, row, col, c / out_per_group * in_per_group + i);
      }
    out.at(b, y, x, c) = sum;
  });
}

void convolve_transposed(const nn::Node& node, const Value& in, const std::vector<Value>& params, Value& out) {
  const std::int64_t stride = int_attr(node, "stride"), pad = int_attr(node, "pad");
  const Value& weight = params[0];
  for_each(out.shape, [&](std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t c) {
    out.at(b, y, x, c) = bias_of(params, c);
  });
  for_each(in.shape, [&](std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t i) {
    for (std::int64_t u = 0; u < weight.shape[2]; ++u)
      for (std::int64_t v = 0; v < weight.shape[3]; ++v) {
        const std::int64_t row = y * stride - pad + u;
        const std::int64_t col = x * stride - pad + v;
        if (!inside(out, row, col)) continue;
        for (std::int64_t c = 0; c < out.shape[3]; ++c)
          out.at(b, row, col, c) += in.at(b, y, x, i) * tap(weight, i, c, u, v);
      }
  });
}

void pool(const nn::Node& node, const Value& in, Value& out) {
  const std::int64_t kernel = int_attr(node, "kernel"), stride = int_attr(node, "stride");
  const std::int64_t pad = int_attr(node, "pad");
  const bool max = node.op == nn::Op::MaxPool;
  const bool count_pad = !max && int_attr(node, "count_include_pad") != 0;
  for_each(out.shape, [&](std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t c) {
    double best = -std::numeric_limits<double>::infinity(), sum = 0;
    std::int64_t pixels = 0, padded_pixels = 0;
    for (std::int64_t u = 0; u < kernel; ++u)
      for (std::int64_t v = 0; v < kernel; ++v) {
        const std::int64_t row = y * stride - pad + u, col = x * stride - pad + v;
        if (row < in.shape[1] + pad && col < in.shape[2] + pad) ++padded_pixels;
        if (!inside(in, row, col)) continue;
        ++pixels;
        sum += in.at(b, row, col, c);
        best = std::max(best, in.at(b, row, col, c));
      }
    out.at(b, y, x, c) = max ? best : sum / static_cast<double>(count_pad ? padded_pixels : pixels);
  });
}

void average_globally(const Value& in, Value& out) {
  const auto area = static_cast<double>(in.shape[1] * in.shape[2]);
  for_each(in.shape, [&](std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t c) {
    out.at(b, 0, 0, c) += in.at(b, y, x, c) / area;
  });
}

void mask(const Value& in, const std::vector<Value>& params, Value& out) {
  for_each(in.shape, [&](std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t c) {
    out.at(b, y, x, c) = in.at(b, y, x, c) * params[0].data[static_cast<std::size_t>(y * in.shape[2] + x)];
  });
}

void upsample(const nn::Node& node, const Value& in, Value& out) {
  const std::int64_t scale = int_attr(node, "scale");
  const bool bilinear = int_attr(node, "mode") == 1;
  const auto clamped = [&](std::int64_t b, double y, double x, std::int64_t c) {
    const auto row = std::clamp(static_cast<std::int64_t>(y), std::int64_t{0}, in.shape[1] - 1);
    const auto col = std::clamp(static_cast<std::int64_t>(x), std::int64_t{0}, in.shape[2] - 1);
    return in.at(b, row, col, c);
  };
  for_each(out.shape, [&](std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t c) {
    if (!bilinear) {
      out.at(b, y, x, c) = in.at(b, y / scale, x / scale, c);
      return;
    }
    const double row = (static_cast<double>(y) + 0.5) / static_cast<double>(scale) - 0.5;
    const double col = (static_cast<double>(x) + 0.5) / static_cast<double>(scale) - 0.5;
    const double top = std::floor(row), left = std::floor(col);
    const double down = row - top, right = col - left;
    out.at(b, y, x, c) = (1 - down) * ((1 - right) * clamped(b, top, left, c) + right * clamped(b, top, left + 1, c)) +
                         down * ((1 - right) * clamped(b, top + 1, left, c) + right * clamped(b, top + 1, left + 1, c));
  });
}

}  // namespace vigie::reference
