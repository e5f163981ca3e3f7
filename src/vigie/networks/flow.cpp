#include "vigie/networks/flow.h"

#include <algorithm>

#include "vigie/core/random.h"
#include "vigie/nn/builder.h"

namespace vigie {

namespace {

using nn::GraphBuilder;
using nn::Ref;

constexpr double kGain = 0.1;  // of a subnet's output, so that early steps stay gentle
constexpr const char* kPermutation = ".permutation";

std::string step_name(const FlowSpec& spec, std::int64_t step) {
  return fmt::format("flow.{}.{}", spec.layer, step);
}

void check(const FlowSpec& spec) {
  VIGIE_CHECK(spec.height >= 1 && spec.width >= 1 && spec.channels >= 2 && spec.channels % 2 == 0, "flow",
              "'{}' must have an even number of channels on a grid, got [{} {} {}]", spec.layer, spec.height,
              spec.width, spec.channels);
  VIGIE_CHECK(spec.steps >= 1, "flow", "steps must be at least 1, got {}", spec.steps);
}

/// Every value of an image by the mean and deviation of all of them.
Ref normalised(GraphBuilder& b, Ref x, const FlowSpec& spec) {
  x = b.reshape(x, fmt::format("1,{}", spec.height * spec.width * spec.channels));
  x = b.layer_norm(fmt::format("flow.{}.norm", spec.layer), x);
  return b.reshape(x, fmt::format("{},{},{}", spec.height, spec.width, spec.channels));
}

Ref coupling(GraphBuilder& b, Ref x, const FlowSpec& spec, std::int64_t step) {
  const std::int64_t half = spec.channels / 2, kernel = step % 2 == 1 && !spec.only_3x3 ? 1 : 3;
  const auto hidden =
      std::max<std::int64_t>(static_cast<std::int64_t>(static_cast<double>(half) * spec.hidden_ratio), 1);
  const std::string name = step_name(spec, step);
  const Ref passed = b.slice(x, 0, half);
  Ref a = b.relu(b.conv(name + ".conv1", passed, {.out = hidden, .kernel = kernel, .bias = true}));
  a = b.scale(b.conv(name + ".conv2", a, {.out = spec.channels, .kernel = kernel, .bias = true}), kGain);
  const Ref log_scale = b.scale(b.unary(nn::Op::Tanh, b.slice(a, 0, half)), spec.clamp);
  b.output(fmt::format("log_scale.{}.{}", spec.layer, step), log_scale);
  const Ref scaled = b.mul(b.slice(x, half, spec.channels), b.unary(nn::Op::Exp, log_scale));
  return b.concat({passed, b.add(scaled, b.slice(a, half, spec.channels))});
}

}  // namespace

nn::Graph flow_graph(const FlowSpec& spec) {
  check(spec);
  GraphBuilder b;
  Ref x = normalised(b, b.input(spec.channels, spec.height, spec.width), spec);
  for (std::int64_t step = 0; step < spec.steps; ++step) {
    x = coupling(b, x, spec, step);
    x = b.conv(step_name(spec, step) + kPermutation, x, {.out = spec.channels, .kernel = 1});
  }
  b.output("z." + spec.layer, x);
  return b.build();
}

void begin_flow(const FlowSpec& spec, std::uint64_t seed, TensorMap& weights) {
  check(spec);
  for (std::int64_t step = 0; step < spec.steps; ++step) {
    const std::string name = step_name(spec, step), permutation = name + kPermutation + ".weight";
    for (const char* part : {".conv2.weight", ".conv2.bias"})
      if (const auto found = weights.find(name + part); found != weights.end())
        found->second = Tensor::zeros(found->second.shape());
    Tensor matrix = Tensor::zeros({spec.channels, spec.channels, 1, 1});
    const auto order = Random(derive_seed(seed, permutation)).permutation(spec.channels);
    for (std::int64_t to = 0; to < spec.channels; ++to)
      matrix.data<float>()[to * spec.channels + order[static_cast<std::size_t>(to)]] = 1;
    weights[permutation] = matrix;
  }
}

bool is_permutation(const std::string& parameter) {
  return parameter.ends_with(std::string(kPermutation) + ".weight");
}

}  // namespace vigie
