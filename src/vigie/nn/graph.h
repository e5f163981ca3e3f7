#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "vigie/core/tensor.h"

namespace vigie::nn {

/// Operations of a network. Activations are NHWC; weights keep the field's layouts (convolution O I/g kh kw,
/// transposed convolution I O/g kh kw, linear O I) and names.
enum class Op {
  Input,            ///< attrs: height, width, channels (height/width 0: any)
  Conv2d,           ///< params weight[, bias]; attrs: out, kernel_h, kernel_w, stride, pad, dilation, groups
  ConvTranspose2d,  ///< params weight[, bias]; attrs: out, kernel_h, kernel_w, stride, pad, output_pad
  BatchNorm,        ///< params weight, bias, running_mean, running_var; attrs: epsilon
  LayerNorm,        ///< over the last axis; params weight, bias; attrs: epsilon
  Linear,           ///< over the last axis; params weight[, bias]; attrs: out
  MatMul,           ///< two inputs [… a b] [… b c]; attrs: transpose_b
  Relu,
  LeakyRelu,  ///< LeakyRelu attrs: slope
  Relu6,
  Sigmoid,
  Silu,
  Gelu,
  Tanh,
  HardSwish,
  HardSigmoid,
  Softmax,  ///< over the last axis
  MaxPool,
  AvgPool,        ///< attrs: kernel, stride, pad, ceil_mode (0/1), count_include_pad (AvgPool)
  GlobalAvgPool,  ///< [B h w C] -> [B 1 1 C]
  Add,
  Mul,       ///< two inputs, equal shapes; Mul also broadcasts one [B 1 1 C]
  Concat,    ///< over channels (last axis)
  Upsample,  ///< attrs: scale (integer), mode 0 nearest / 1 bilinear (half-pixel centres)
  Reshape,   ///< text = the extents after the batch, one may be -1: "49,64" turns [B 7 7 64] into [B 49 64]
  Slice,     ///< channels [begin, end) of the last axis; attrs: begin, end
  Exp,
  Scale,   ///< factor * x + shift; attrs: factor, shift
  Mask,    ///< [B H W C] times one number per position; params weight [H W]; attrs: height, width
  L2Norm,  ///< each vector along the last axis divided by max(its Euclidean norm, 1e-12)
  Sub,     ///< first minus second input, equal shapes
};

std::string_view name_of(Op op);
/// Throws BadFile for an unknown name.
Op op_from_name(std::string_view name);

/// One operation. Inputs are indices of earlier nodes, so the order is a topological one.
struct Node {
  Op op = Op::Input;
  std::string name;  ///< unique; for nodes with parameters the prefix in the weights file, "layer1.0.conv1"
  std::vector<int> inputs;
  std::map<std::string, double> attrs;
  std::vector<std::string> params;  ///< full names in the TensorMap, in the op's order; fewer = no bias
  std::string text;                 ///< the one textual attribute (Reshape)
};

struct Output {
  std::string name;  ///< "layer1", "reconstruction"
  int node = 0;
};

/// A network as a plain value: no weights, nothing that runs.
struct Graph {
  std::vector<Node> nodes;
  std::vector<Output> outputs;
};

/// Shape of every node for an input [B H W C]; throws InvalidArgument naming the node that does not fit.
/// Only structure is needed: out-channels come from attrs.
std::vector<Shape> infer_shapes(const Graph& graph, const Shape& input);

/// The graph with only the named outputs and what they need, outputs in the order asked.
/// Throws InvalidArgument with the known names for an unknown one.
Graph select_outputs(const Graph& graph, const std::vector<std::string>& names);

/// Every parameter the graph names with its expected shape, given the channels flowing through it.
std::map<std::string, Shape> parameter_shapes(const Graph& graph);

nlohmann::json json_from_graph(const Graph& graph);
/// Validates indices, names, counts and attribute ranges before trusting them; throws BadFile.
Graph graph_from_json(const nlohmann::json& object);

/// Multiply-adds times two, for one image of the given input shape [1 H W C].
double flops_of(const Graph& graph, const Shape& input);

}  // namespace vigie::nn
