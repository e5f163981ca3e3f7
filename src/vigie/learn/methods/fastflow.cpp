#include "vigie/detectors/fastflow.h"

#include "vigie/core/random.h"
#include "vigie/learn/cached_features.h"
#include "vigie/learn/initial_weights.h"
#include "vigie/learn/losses.h"
#include "vigie/learn/methods/methods.h"
#include "vigie/networks/flow.h"
#include "vigie/nn/compose.h"
#include "vigie/nn/ops.h"

namespace vigie::learn {

namespace {

/// The flow behind one layer of the backbone, and what that layer sees in all images.
struct LayerFlow {
  FlowSpec spec;
  GraphModule module;
  torch::Tensor features;  ///< [N C h w]
};

std::vector<FlowSpec> flow_specs(const MethodInputs& inputs, const FastflowOptions& options) {
  const nn::Graph& backbone = inputs.request.backbone.graph;
  const Preprocess& image = inputs.request.preprocess;
  const std::vector<Shape> shapes = nn::infer_shapes(backbone, {1, image.height, image.width, 3});
  std::vector<FlowSpec> specs;
  for (const std::string& layer : options.layers) {
    const Shape& shape = shapes[static_cast<std::size_t>(nn::find_output(backbone, layer, "fastflow").node)];
    specs.push_back({.layer = layer,
                     .height = shape[1],
                     .width = shape[2],
                     .channels = shape[3],
                     .steps = options.flow_steps,
                     .only_3x3 = options.only_3x3,
                     .hidden_ratio = options.hidden_ratio});
  }
  return specs;
}

nn::Network fresh_flow(const FlowSpec& spec, std::uint64_t seed) {
  nn::Network network{flow_graph(spec), {}};
  network.weights = initial_weights(network.graph, seed, Initial::Uniform);
  begin_flow(spec, seed, network.weights);
  return network;
}

bool learns(const std::string& parameter) {
  return !is_permutation(parameter);
}

class Fastflow : public Method {
 public:
  Fastflow(const MethodInputs& inputs, const FastflowOptions& options)
      : device_(inputs.device), options_(options), backbone_(inputs.request.backbone) {
    backbone_.graph = nn::select_outputs(backbone_.graph, options.layers);
    std::vector<torch::Tensor> features = cached_features(backbone_, inputs.request, inputs.context);
    const std::vector<FlowSpec> specs = flow_specs(inputs, options);
    const std::uint64_t seed = derive_seed(inputs.request.seed, "flow");
    flows_.reserve(specs.size());
    for (std::size_t i = 0; i < specs.size(); ++i) {
      flows_.push_back({specs[i], GraphModule(fresh_flow(specs[i], seed), device_, learns), std::move(features[i])});
      values_ += static_cast<double>(specs[i].height * specs[i].width * specs[i].channels);
    }
  }

  std::vector<std::pair<std::string, GraphModule*>> networks() override {
    std::vector<std::pair<std::string, GraphModule*>> list;
    for (LayerFlow& flow : flows_) list.emplace_back("flow." + flow.spec.layer, &flow.module);
    return list;
  }

  /// The published loss is the sum over an image's values, ours their mean; Adam does not see the difference as long as
  /// the decay shrinks alike.
  std::vector<OptimiserSpec> optimisers() override {
    OptimiserSpec spec{.parameters = {},
                       .learning_rate = options_.training.learning_rate,
                       .weight_decay = options_.training.weight_decay / values_};
    for (const LayerFlow& flow : flows_)
      for (const torch::Tensor& parameter : flow.module.parameters()) spec.parameters.push_back(parameter);
    return {spec};
  }

  /// inputs: every layer's features [B C h w].
  Batch make_batch(const std::vector<std::int64_t>& images, std::uint64_t, bool) const override {
    Batch batch{images, {}};
    for (const LayerFlow& flow : flows_) batch.inputs.push_back(rows_of(flow.features, images, device_));
    return batch;
  }

  void step(const Batch& batch, Step& step) override { step.minimise({0}, loss(batch), "likelihood"); }

  double validation_loss(const Batch& batch) override { return loss(batch).item<double>(); }

  nn::Network served() override {
    nn::Network network = backbone_;
    std::vector<std::string> outputs;
    for (const LayerFlow& flow : flows_) {
      outputs.push_back("z." + flow.spec.layer);
      const nn::Network trained = flow.module.network();
      network.graph = nn::attach(network.graph, flow.spec.layer, nn::select_outputs(trained.graph, {outputs.back()}));
      network.weights.insert(trained.weights.begin(), trained.weights.end());
    }
    network.graph = nn::select_outputs(network.graph, outputs);
    return network;
  }

 private:
  /// Nats per value of the features.
  torch::Tensor loss(const Batch& batch) {
    torch::Tensor sum = torch::zeros({}, device_);
    for (std::size_t i = 0; i < flows_.size(); ++i) {
      std::vector<torch::Tensor> log_scales = flows_[i].module.forward(batch.inputs[i]);
      const torch::Tensor z = log_scales.back();  // the last output
      log_scales.pop_back();
      sum = sum + flow_loss(z, log_scales);
    }
    return sum / values_;
  }

  torch::Device device_;
  FastflowOptions options_;
  nn::Network backbone_;
  std::vector<LayerFlow> flows_;
  double values_ = 0;  ///< of all layers of one image
};

}  // namespace

std::unique_ptr<Method> make_fastflow_training(const MethodInputs& inputs) {
  return std::make_unique<Fastflow>(inputs, options_from_json<FastflowOptions>(inputs.request.options, "fastflow"));
}

}  // namespace vigie::learn
