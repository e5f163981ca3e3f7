#pragma once

#include <string_view>
#include <vector>

#include "vigie/core/error.h"
#include "vigie/nn/graph.h"

namespace vigie::nn {

/// One attribute an operation understands.
struct AttrRule {
  std::string_view key;
  double min = 0;
  double max = 0;
  double fallback = 0;    ///< value when the node does not carry it
  bool required = false;  ///< no fallback
  bool integer = true;
};

/// What a well-formed node of one operation looks like. The one table that reading, building and running agree on.
struct OpRule {
  Op op;
  std::string_view name;
  std::size_t min_inputs = 1;
  std::size_t max_inputs = 1;
  std::size_t required_params = 0;
  std::vector<std::string_view> params = {};  ///< suffixes in order; those past required_params are optional
  std::vector<AttrRule> attrs = {};
};

const OpRule& rule_of(Op op);

/// The node's value of `key`, or the operation's fallback. Throws InvalidArgument when neither exists.
double attr(const Node& node, std::string_view key);
std::int64_t int_attr(const Node& node, std::string_view key);

/// Extents after the batch in a Reshape text, "-1,49,64" -> {-1, 49, 64}; at most one -1.
/// Throws InvalidArgument on anything else.
Shape extents_from_text(std::string_view text);

/// Checks everything that does not depend on sizes: one Input, order, arity, attribute ranges, parameter counts,
/// unique node names, outputs. Throws `kind` naming the node.
void check_structure(const Graph& graph, ErrorKind kind);

/// Extent of the last axis of every node; kUnknownChannels where it depends on the size of the image.
inline constexpr std::int64_t kUnknownChannels = -1;
std::vector<std::int64_t> channels_of(const Graph& graph);

/// Throws InvalidArgument with the nearest name for an unknown one; `where` is who asks.
const Output& find_output(const Graph& graph, const std::string& name, std::string_view where);

/// How many nodes and outputs read each node.
std::vector<int> reader_counts(const Graph& graph);

}  // namespace vigie::nn
