#include "vigie/learn/graph_module.h"

#include <utility>

#include "vigie/learn/graph_ops.h"
#include "vigie/nn/ops.h"

namespace vigie::learn {

namespace {

bool is_statistic(const std::string& name) {
  return name.ends_with(".running_mean") || name.ends_with(".running_var");
}

// Weights keep the field's layouts, which are torch's: no axis moves.
torch::Tensor value_from_weight(const Tensor& weight, torch::Device device) {
  const torch::Tensor borrowed =
      torch::from_blob(const_cast<void*>(weight.raw()), weight.shape(), torch::kFloat32);  // NOLINT: only read
  torch::Tensor value = borrowed.clone().to(device);
  return value.dim() == 4 ? value.contiguous(torch::MemoryFormat::ChannelsLast) : value;
}

Tensor weight_from_value(const torch::Tensor& value) {
  const torch::Tensor plain = value.detach().to(torch::kCPU).contiguous();
  return Tensor::from(Shape(plain.sizes().begin(), plain.sizes().end()),
                      {plain.data_ptr<float>(), static_cast<std::size_t>(plain.numel())})
      .clone();
}

}  // namespace

GraphModule::GraphModule(nn::Network network, torch::Device device, const Predicate& trainable)
    : graph_(std::move(network.graph)), device_(device) {
  nn::check_weights(graph_, network.weights);
  for (const auto& [name, shape] : nn::parameter_shapes(graph_)) {
    torch::Tensor value = value_from_weight(network.weights.at(name), device);
    value.requires_grad_(!is_statistic(name) && (!trainable || trainable(name)));
    values_.emplace(name, std::move(value));
  }
}

std::vector<torch::Tensor> GraphModule::forward(const torch::Tensor& input) {
  const MixedPrecision precision(mixed_, device());
  std::vector<torch::Tensor> results(graph_.nodes.size());
  std::vector<int> readers = nn::reader_counts(graph_);
  for (std::size_t i = 0; i < results.size(); ++i) {
    const nn::Node& node = graph_.nodes[i];
    NodeCall call{node, {}, values_, training_};
    for (const int source : node.inputs) call.inputs.push_back(results[static_cast<std::size_t>(source)]);
    if (node.op == nn::Op::Input) call.inputs.push_back(input);
    results[i] = run_node(call);
    // What nobody reads any more need not be held (autograd keeps what it wants itself).
    for (const int source : node.inputs)
      if (--readers[static_cast<std::size_t>(source)] == 0) results[static_cast<std::size_t>(source)].reset();
  }
  std::vector<torch::Tensor> outputs;
  for (const nn::Output& output : graph_.outputs)
    outputs.push_back(results[static_cast<std::size_t>(output.node)].to(torch::kFloat32));
  return outputs;
}

std::vector<torch::Tensor> GraphModule::parameters() const {
  std::vector<torch::Tensor> list;
  for (const auto& [name, value] : values_)
    if (value.requires_grad()) list.push_back(value);
  return list;
}

nn::Network GraphModule::network() const {
  nn::Network network{graph_, {}};
  for (const auto& [name, value] : values_) network.weights[name] = weight_from_value(value);
  return network;
}

}  // namespace vigie::learn
