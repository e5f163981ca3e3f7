#pragma once

#include "vigie/core/tensor_map.h"
#include "vigie/nn/graph.h"

namespace vigie::nn {

struct Network {
  Graph graph;
  TensorMap weights;
};

/// Throws NotFound / BadFile naming the first parameter that is missing or has another shape.
void check_weights(const Graph& graph, const TensorMap& weights);

/// `graph` with exactly the parameters it names; throws what check_weights throws.
Network network_of(Graph graph, const TensorMap& weights);

/// A number that differs when a name or a value does (FNV-1a, 64 bits).
std::uint64_t fingerprint(const TensorMap& weights);

/// Batch norms that follow a convolution (its only consumer) disappear into its weight and bias, in double precision.
/// A batch norm that cannot be folded (pre-activation networks) stays.
Network fold_batch_norms(const Network& network);

}  // namespace vigie::nn
