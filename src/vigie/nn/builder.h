#pragma once

#include <string>

#include "vigie/nn/graph.h"

namespace vigie::nn {

/// A node of a graph under construction.
struct Ref {
  int node = -1;
};

struct ConvSpec {
  std::int64_t out = 0;
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  std::int64_t pad = -1;  ///< -1: dilation * (kernel - 1) / 2, "same" for odd kernels
  std::int64_t dilation = 1;
  std::int64_t groups = 1;
  bool bias = false;
};

/// Writes graphs that read like the network's description:
///   GraphBuilder b;
///   Ref x = b.input(3);
///   x = b.relu(b.batch_norm("bn1", b.conv("conv1", x, {.out = 64, .kernel = 7, .stride = 2})));
///   b.output("stem", x);
class GraphBuilder {
 public:
  Ref input(std::int64_t channels, std::int64_t height = 0, std::int64_t width = 0);
  Ref conv(const std::string& name, Ref x, const ConvSpec& spec);
  Ref conv_transpose(const std::string& name, Ref x, const ConvSpec& spec, std::int64_t output_pad = 0);
  Ref batch_norm(const std::string& name, Ref x, double epsilon = 1e-5);
  Ref layer_norm(const std::string& name, Ref x, double epsilon = 1e-5);
  Ref linear(const std::string& name, Ref x, std::int64_t out, bool bias = true);
  Ref matmul(Ref a, Ref b, bool transpose_b = false);
  /// Relu, Relu6, Sigmoid, Silu, Gelu, Tanh, HardSwish, HardSigmoid, Softmax, GlobalAvgPool, Exp, L2Norm.
  Ref unary(Op op, Ref x);
  Ref relu(Ref x) { return unary(Op::Relu, x); }
  Ref leaky_relu(Ref x, double slope);
  Ref max_pool(Ref x, std::int64_t kernel, std::int64_t stride, std::int64_t pad = 0, bool ceil_mode = false);
  Ref avg_pool(Ref x, std::int64_t kernel, std::int64_t stride, std::int64_t pad = 0, bool count_include_pad = true);
  Ref add(Ref a, Ref b);
  Ref mul(Ref a, Ref b);
  Ref sub(Ref a, Ref b);
  /// factor * x + shift.
  Ref scale(Ref x, double factor, double shift = 0);
  /// x [B height width C] times the parameter name.weight [height width].
  Ref mask(const std::string& name, Ref x, std::int64_t height, std::int64_t width);
  Ref concat(const std::vector<Ref>& parts);
  /// Channels [begin, end) of the last axis.
  Ref slice(Ref x, std::int64_t begin, std::int64_t end);
  Ref upsample(Ref x, std::int64_t scale, bool bilinear);
  Ref reshape(Ref x, const std::string& shape);
  void output(const std::string& name, Ref x);

  /// The finished graph; throws InvalidArgument on duplicate names or no output.
  Graph build() const;

 private:
  Ref append(Node node);
  Graph graph_;
};

}  // namespace vigie::nn
