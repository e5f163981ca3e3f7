#pragma once

#include "vigie/nn/passes.h"

namespace vigie {

// A trunk is the beginning of a network, up to the last stage whose weights are at hand. A stage is an output of the
// graph other than "pool", in the graph's order.

/// Stages whose parameters are all in `weights`, up to the first that lacks one. Shapes are not looked at.
std::vector<std::string> stages_present(const nn::Graph& graph, const TensorMap& weights);

/// Name of the first parameter of `graph`, in the order of its nodes, that `weights` lacks; "" when none.
std::string first_missing(const nn::Graph& graph, const TensorMap& weights);

/// The same graph with "pool" averaging stage `last`; the stages after it are not outputs any more.
nn::Graph trunk_of(const nn::Graph& graph, const std::string& last);

}  // namespace vigie
