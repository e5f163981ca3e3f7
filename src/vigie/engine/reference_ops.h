#pragma once

#include <vector>

#include "vigie/core/tensor.h"
#include "vigie/nn/graph.h"

namespace vigie::reference {

/// A value in double precision, row-major.
struct Value {
  Shape shape;
  std::vector<double> data;

  /// NHWC element of a rank-4 value.
  double at(std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t c) const {
    return data[static_cast<std::size_t>(((b * shape[1] + y) * shape[2] + x) * shape[3] + c)];
  }
  double& at(std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t c) {
    return data[static_cast<std::size_t>(((b * shape[1] + y) * shape[2] + x) * shape[3] + c)];
  }
};

/// Each fills `out`, whose shape is set and whose data is zero. `params` in the order of the node.
void convolve(const nn::Node& node, const Value& in, const std::vector<Value>& params, Value& out);
void convolve_transposed(const nn::Node& node, const Value& in, const std::vector<Value>& params, Value& out);
void pool(const nn::Node& node, const Value& in, Value& out);
void average_globally(const Value& in, Value& out);
void mask(const Value& in, const std::vector<Value>& params, Value& out);
void upsample(const nn::Node& node, const Value& in, Value& out);

}  // namespace vigie::reference
