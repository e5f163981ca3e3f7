#include "vigie/engine/weight_store.h"

#include <gtest/gtest.h>

#include "vigie/engine/assign_formats.h"
#include "vigie/engine/session.h"
#include "vigie/engine/test_networks.h"

namespace vigie::engine {
namespace {

/// `count` convolutions of the input that share one weight, each an output.
nn::Graph convolutions(int count) {
  nn::GraphBuilder b;
  const nn::Ref x = b.input(16);
  for (int i = 0; i < count; ++i) b.output(std::to_string(i), b.conv("c" + std::to_string(i), x, {.out = 24}));
  nn::Graph graph = b.build();
  for (nn::Node& node : graph.nodes)
    if (node.op == nn::Op::Conv2d) node.params = {"shared.weight"};
  return graph;
}

/// Bytes of the weights while a session is ready to run.
std::size_t bytes_in_use(const nn::Graph& graph, Precision precision) {
  const nn::Network network = random_network(graph);
  const nn::Quantisation ranges = quantised_on(network, random_tensor({1, 8, 8, 16}, 1));
  const Program program = assign_formats(lower(graph), precision, ranges);
  const dnnl::engine cpu{dnnl::engine::kind::cpu, 0};
  WeightStore weights(program, network.weights, cpu);
  const Session session(program, weights, cpu, nn::infer_shapes(program.graph, {1, 8, 8, 16}));
  return weights.weight_bytes();
}

TEST(WeightStore, AWeightThatLayersShareIsKeptOnce) {
  for (const Precision precision : {Precision::F32, Precision::BF16, Precision::Int8}) {
    const std::size_t one = bytes_in_use(convolutions(1), precision);
    EXPECT_GT(one, 0u);
    EXPECT_EQ(bytes_in_use(convolutions(3), precision), one);
  }
}

}  // namespace
}  // namespace vigie::engine
