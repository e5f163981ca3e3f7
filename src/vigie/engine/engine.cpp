#include "vigie/engine/engine.h"

#include "vigie/engine/assign_formats.h"
#include "vigie/engine/session_pool.h"

namespace vigie {

namespace {

/// Folded, with parameters of its own: a trainer may go on changing the tensors it handed in.
nn::Network own_network(const nn::Network& network) {
  nn::Network folded = nn::fold_batch_norms(network);
  for (auto& [name, tensor] : folded.weights)
    if (network.weights.contains(name)) tensor = tensor.clone();
  return folded;
}

}  // namespace

class Engine::Impl {
 public:
  Impl(const nn::Network& network, const EngineOptions& options)
      : Impl(network.graph, own_network(network), runnable(options.precision), options.quantisation) {}

  std::vector<Tensor> run(const Tensor& input) {
    VIGIE_CHECK(input.dtype() == DType::F32, "Engine", "the input must be f32, got {}", name_of(input.dtype()));
    return sessions_.run(input);
  }

  const nn::Graph& graph() const { return graph_; }
  Precision precision() const { return precision_; }

 private:
  Impl(nn::Graph graph, const nn::Network& folded, Precision precision, const nn::Quantisation& quantisation)
      : graph_(std::move(graph)),
        precision_(precision),
        program_(engine::assign_formats(engine::lower(folded.graph), precision, quantisation)),
        weights_(program_, folded.weights, cpu_),
        sessions_(program_, weights_, cpu_) {}

  nn::Graph graph_;
  Precision precision_;
  dnnl::engine cpu_{dnnl::engine::kind::cpu, 0};
  engine::Program program_;
  engine::WeightStore weights_;
  engine::SessionPool sessions_;
};

Engine::Engine(const nn::Network& network, const EngineOptions& options)
    : impl_(std::make_unique<Impl>(network, options)) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

std::vector<Tensor> Engine::run(const Tensor& input) const {
  return impl_->run(input);
}
const nn::Graph& Engine::graph() const {
  return impl_->graph();
}
Precision Engine::precision() const {
  return impl_->precision();
}

}  // namespace vigie
