#include "vigie/nn/ops.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace vigie::nn {

namespace {

constexpr double kMaxChannels = 1 << 20;
constexpr double kMaxExtent = 1 << 16;
constexpr double kMaxKernel = 1024;
constexpr std::size_t kMaxParts = 1024;

AttrRule flag(std::string_view key, double fallback) {
  return {key, 0, 1, fallback};
}
AttrRule epsilon() {
  return {"epsilon", 0, 1, 1e-5, false, false};
}
AttrRule out_channels() {
  return {"out", 1, kMaxChannels, 0, true};
}
AttrRule kernel(std::string_view key) {
  return {key, 1, kMaxKernel, 0, true};
}
AttrRule stride() {
  return {"stride", 1, kMaxKernel, 1};
}
AttrRule pad() {
  return {"pad", 0, kMaxKernel, 0};
}
AttrRule size_limit(std::string_view key) {
  return {key, 0, kMaxExtent, 0};
}
AttrRule real(std::string_view key, double fallback) {
  return {key, -1e30, 1e30, fallback, false, false};  // what floats hold
}

OpRule unary(Op op, std::string_view name) {
  return {op, name};
}
OpRule binary(Op op, std::string_view name) {
  return {op, name, 2, 2};
}

std::vector<OpRule> make_rules() {
  return {
      {Op::Input,
       "Input",
       0,
       0,
       0,
       {},
       {size_limit("height"), size_limit("width"), {"channels", 1, kMaxChannels, 0, true}}},
      {Op::Conv2d,
       "Conv2d",
       1,
       1,
       1,
       {"weight", "bias"},
       {out_channels(),
        kernel("kernel_h"),
        kernel("kernel_w"),
        stride(),
        pad(),
        {"dilation", 1, kMaxKernel, 1},
        {"groups", 1, kMaxChannels, 1}}},
      {Op::ConvTranspose2d,
       "ConvTranspose2d",
       1,
       1,
       1,
       {"weight", "bias"},
       {out_channels(), kernel("kernel_h"), kernel("kernel_w"), stride(), pad(), {"output_pad", 0, kMaxKernel, 0}}},
      {Op::BatchNorm, "BatchNorm", 1, 1, 4, {"weight", "bias", "running_mean", "running_var"}, {epsilon()}},
      {Op::LayerNorm, "LayerNorm", 1, 1, 2, {"weight", "bias"}, {epsilon()}},
      {Op::Linear, "Linear", 1, 1, 1, {"weight", "bias"}, {out_channels()}},
      {Op::MatMul, "MatMul", 2, 2, 0, {}, {flag("transpose_b", 0)}},
      unary(Op::Relu, "Relu"),
      {Op::LeakyRelu, "LeakyRelu", 1, 1, 0, {}, {{"slope", -1e6, 1e6, 0.01, false, false}}},
      unary(Op::Relu6, "Relu6"),
      unary(Op::Sigmoid, "Sigmoid"),
      unary(Op::Silu, "Silu"),
      unary(Op::Gelu, "Gelu"),
      unary(Op::Tanh, "Tanh"),
      unary(Op::HardSwish, "HardSwish"),
      unary(Op::HardSigmoid, "HardSigmoid"),
      unary(Op::Softmax, "Softmax"),
      {Op::MaxPool, "MaxPool", 1, 1, 0, {}, {kernel("kernel"), stride(), pad(), flag("ceil_mode", 0)}},
      {Op::AvgPool,
       "AvgPool",
       1,
       1,
       0,
       {},
       {kernel("kernel"), stride(), pad(), flag("ceil_mode", 0), flag("count_include_pad", 1)}},
      unary(Op::GlobalAvgPool, "GlobalAvgPool"),
      binary(Op::Add, "Add"),
      binary(Op::Mul, "Mul"),
      {Op::Concat, "Concat", 1, kMaxParts},
      {Op::Upsample, "Upsample", 1, 1, 0, {}, {{"scale", 1, 64, 0, true}, flag("mode", 0)}},
      unary(Op::Reshape, "Reshape"),
      {Op::Slice, "Slice", 1, 1, 0, {}, {{"begin", 0, kMaxChannels, 0, true}, {"end", 1, kMaxChannels, 0, true}}},
      unary(Op::Exp, "Exp"),
      {Op::Scale, "Scale", 1, 1, 0, {}, {real("factor", 1), real("shift", 0)}},
      {Op::Mask, "Mask", 1, 1, 1, {"weight"}, {{"height", 1, kMaxExtent, 0, true}, {"width", 1, kMaxExtent, 0, true}}},
      unary(Op::L2Norm, "L2Norm"),
      binary(Op::Sub, "Sub"),
  };
}

const std::vector<OpRule>& rules() {
  static const std::vector<OpRule> table = make_rules();
  return table;
}

}  // namespace

const OpRule& rule_of(Op op) {
  for (const OpRule& rule : rules())
    if (rule.op == op) return rule;
  fail(ErrorKind::Internal, "rule_of", "operation {} has no rule", static_cast<int>(op));
}

std::string_view name_of(Op op) {
  return rule_of(op).name;
}

Op op_from_name(std::string_view name) {
  for (const OpRule& rule : rules())
    if (rule.name == name) return rule.op;
  fail(ErrorKind::BadFile, "op_from_name", "unknown operation '{}'", name.substr(0, 64));
}

double attr(const Node& node, std::string_view key) {
  if (const auto found = node.attrs.find(std::string(key)); found != node.attrs.end()) return found->second;
  for (const AttrRule& rule : rule_of(node.op).attrs)
    if (rule.key == key && !rule.required) return rule.fallback;
  fail(ErrorKind::InvalidArgument, "Graph", "node '{}' ({}) has no attribute '{}'", node.name, name_of(node.op), key);
}

std::int64_t int_attr(const Node& node, std::string_view key) {
  return static_cast<std::int64_t>(attr(node, key));
}

Shape extents_from_text(std::string_view text) {
  constexpr std::size_t kMaxRank = 6;
  Shape extents;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (extents.size() < kMaxRank) {
    std::int64_t extent = 0;
    const auto [next, error] = std::from_chars(at, end, extent);
    const bool in_range = extent == -1 || (extent >= 1 && extent <= (1LL << 32));
    if (error != std::errc() || !in_range) break;
    extents.push_back(extent);
    if (next == end && std::ranges::count(extents, -1) <= 1) return extents;
    if (next == end || *next != ',') break;
    at = next + 1;
  }
  fail(ErrorKind::InvalidArgument, "Reshape",
       "'{}' is not a list of 1 to {} extents such as \"-1,49,64\" with at most one -1", text.substr(0, 64), kMaxRank);
}

}  // namespace vigie::nn
