#include "vigie/networks/flow.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "vigie/core/random.h"
#include "vigie/engine/test_networks.h"
#include "vigie/nn/passes.h"

namespace vigie {
namespace {

FlowSpec tiny_flow() {
  return {.layer = "layer1", .height = 2, .width = 2, .channels = 4, .steps = 3};
}

/// Every parameter random but the permutations, so that no step is the identity.
nn::Network random_flow(const FlowSpec& spec) {
  nn::Network network{flow_graph(spec), {}};
  begin_flow(spec, 5, network.weights);
  for (const auto& [name, shape] : nn::parameter_shapes(network.graph))
    if (!is_permutation(name)) network.weights[name] = random_tensor(shape, derive_seed(3, name), 1.5);
  return network;
}

/// The steps alone: what follows the layer norm reads the input.
nn::Graph without_norm(const nn::Graph& graph) {
  const auto norm = std::ranges::find(graph.nodes, nn::Op::LayerNorm, &nn::Node::op);
  const int skipped = static_cast<int>(norm - graph.nodes.begin()) + 1;  // the reshape back becomes the input
  nn::Graph steps = graph;
  steps.nodes.erase(steps.nodes.begin(), steps.nodes.begin() + skipped);
  steps.nodes[0] = graph.nodes[0];
  for (nn::Node& node : steps.nodes)
    for (int& input : node.inputs) input -= skipped;
  for (nn::Output& output : steps.outputs) output.node -= skipped;
  return steps;
}

/// z, the last output.
std::vector<double> z_of(const nn::Network& flow, const Tensor& x) {
  const Tensor z = run_reference(flow, x).back();
  const auto values = z.values<float>();
  return {values.begin(), values.end()};
}

/// log |det| by Gaussian elimination with pivots.
double log_determinant(std::vector<std::vector<double>> rows) {
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto larger = [i](const auto& a, const auto& b) { return std::abs(a[i]) < std::abs(b[i]); };
    std::iter_swap(rows.begin() + static_cast<std::ptrdiff_t>(i),
                   std::max_element(rows.begin() + static_cast<std::ptrdiff_t>(i), rows.end(), larger));
    sum += std::log(std::abs(rows[i][i]));
    for (std::size_t j = i + 1; j < rows.size(); ++j) {
      const double factor = rows[j][i] / rows[i][i];
      for (std::size_t k = i; k < rows.size(); ++k) rows[j][k] -= factor * rows[i][k];
    }
  }
  return sum;
}

/// By central differences: row i holds the change of all of z with value i of x.
double numerical_log_determinant(const nn::Network& flow, const Tensor& x) {
  constexpr float kStep = 1e-2F;
  std::vector<std::vector<double>> rows;
  for (std::int64_t i = 0; i < x.count(); ++i) {
    Tensor up = x.clone(), down = x.clone();
    up.data<float>()[i] += kStep;
    down.data<float>()[i] -= kStep;
    rows.push_back(z_of(flow, up));
    const std::vector<double> below = z_of(flow, down);
    for (std::size_t j = 0; j < below.size(); ++j)
      rows.back()[j] = (rows.back()[j] - below[j]) / (double{up.data<float>()[i]} - down.data<float>()[i]);
  }
  return log_determinant(rows);
}

TEST(Flow, TheSumOfTheLogScalesIsTheLogDeterminantOfTheSteps) {
  for (const bool only_3x3 : {false, true}) {
    FlowSpec spec = tiny_flow();
    spec.only_3x3 = only_3x3;
    nn::Network flow = random_flow(spec);
    flow.graph = without_norm(flow.graph);
    const Tensor x = random_tensor({1, 2, 2, 4}, 8);
    std::vector<Tensor> outputs = run_reference(flow, x);
    outputs.pop_back();
    ASSERT_EQ(outputs.size(), 3u);
    double sum = 0;
    for (const Tensor& log_scale : outputs)
      for (const float s : log_scale.values<float>()) sum += s;
    EXPECT_GT(std::abs(sum), 0.5);
    EXPECT_NEAR(numerical_log_determinant(flow, x), sum, 2e-3 * std::abs(sum) + 2e-3);
  }
}

TEST(Flow, BeginsAsAPermutationOfTheNormalisedFeatures) {
  const FlowSpec spec = tiny_flow();
  nn::Network flow = random_flow(spec);
  flow.weights["flow.layer1.norm.weight"] = Tensor::full({16}, 1);
  flow.weights["flow.layer1.norm.bias"] = Tensor::zeros({16});
  begin_flow(spec, 5, flow.weights);
  Tensor x = random_tensor({2, 2, 2, 4}, 8, 3);
  const std::vector<Tensor> outputs = run_reference(flow, x);
  for (std::size_t k = 0; k < 3; ++k)
    for (const float s : outputs[k].values<float>()) EXPECT_EQ(s, 0);
  for (std::int64_t b = 0; b < 2; ++b) {
    const Tensor z = outputs[3].rows(b, b + 1);
    double sum = 0, squares = 0;
    for (const float value : z.values<float>()) sum += value, squares += value * value;
    EXPECT_NEAR(sum, 0, 1e-4);
    EXPECT_NEAR(squares / 16, 1, 1e-4);
    for (std::int64_t cell = 0; cell < 4; ++cell) {  // the order of a cell's values, not the values, may change
      std::vector<float> in(x.data<float>() + (4 * b + cell) * 4, x.data<float>() + (4 * b + cell) * 4 + 4);
      std::vector<float> out(z.data<float>() + cell * 4, z.data<float>() + cell * 4 + 4);
      std::ranges::sort(in), std::ranges::sort(out);
      const float slope = (out[3] - out[0]) / (in[3] - in[0]);
      for (std::size_t c = 0; c < 4; ++c) EXPECT_NEAR(out[c] - out[0], slope * (in[c] - in[0]), 1e-4);
    }
  }
}

TEST(Flow, PermutationsAreSeededDifferFromStepToStepAndMoveEveryChannelOnce) {
  FlowSpec spec = tiny_flow();
  spec.channels = 16;
  TensorMap weights, again, other;
  begin_flow(spec, 1, weights);
  begin_flow(spec, 1, again);
  begin_flow(spec, 2, other);
  ASSERT_EQ(weights.size(), 3u);
  const auto values = [](const TensorMap& map, int step) {
    const auto span = map.at(fmt::format("flow.layer1.{}.permutation.weight", step)).values<float>();
    return std::vector<float>(span.begin(), span.end());
  };
  EXPECT_EQ(values(weights, 1), values(again, 1));
  EXPECT_NE(values(weights, 1), values(other, 1));
  EXPECT_NE(values(weights, 1), values(weights, 2));
  for (std::size_t i = 0; i < 16; ++i) {
    double row = 0, column = 0;
    for (std::size_t j = 0; j < 16; ++j)
      row += values(weights, 0)[i * 16 + j], column += values(weights, 0)[j * 16 + i];
    EXPECT_EQ(row, 1);
    EXPECT_EQ(column, 1);
  }
}

TEST(Flow, AlternatesKernelsUnlessAskedNotTo) {
  const auto kernel = [](bool only_3x3, int step) {
    FlowSpec spec = tiny_flow();
    spec.only_3x3 = only_3x3;
    return nn::parameter_shapes(flow_graph(spec)).at(fmt::format("flow.layer1.{}.conv1.weight", step)).back();
  };
  EXPECT_EQ(kernel(false, 0), 3);
  EXPECT_EQ(kernel(false, 1), 1);
  EXPECT_EQ(kernel(true, 1), 3);
}

TEST(Flow, RefusesAnOddNumberOfChannels) {
  FlowSpec spec = tiny_flow();
  spec.channels = 5;
  EXPECT_THROW(flow_graph(spec), Error);
}

}  // namespace
}  // namespace vigie
