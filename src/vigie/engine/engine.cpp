#include "vigie/engine/engine.h"

#include <cstring>
#include <list>
#include <mutex>

#include "vigie/core/threads.h"
#include "vigie/engine/kernels.h"
#include "vigie/engine/memory_plan.h"

namespace vigie {

namespace {

using engine::Place;

/// Memory that all plans of an engine share, since only one runs at a time.
class Workspace {
 public:
  std::byte* arena(std::size_t bytes) { return grown(arena_, bytes); }
  std::byte* scratchpad(std::size_t bytes) { return grown(scratchpad_, bytes); }

 private:
  static std::byte* grown(Tensor& memory, std::size_t bytes) {
    if (memory.bytes() < bytes) {
      memory = Tensor();  // free the old before asking for the new
      memory = Tensor({static_cast<std::int64_t>(bytes)}, DType::U8);
    }
    return static_cast<std::byte*>(memory.raw());
  }

  Tensor arena_;
  Tensor scratchpad_;
};

/// Everything that depends on the size of the input: shapes, memory, primitives.
class Plan {
 public:
  Plan(const engine::Program& program, engine::WeightStore& weights, const dnnl::engine& cpu, const Shape& input)
      : shapes_(nn::infer_shapes(program.graph, input)), memory_(engine::plan_memory(program, shapes_)) {
    engine::Site site{program, shapes_, weights, cpu};
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
      try {
        kernels_.push_back(engine::make_kernel(site, program.steps[s], memory_.overwritten[s]));
      } catch (const dnnl::error& e) {
        fail(ErrorKind::Unsupported, "Engine", "node '{}' cannot run on inputs of shape {}: oneDNN: {}",
             site.node(program.steps[s]).name, to_string(input), e.what());
      }
    }
    scratchpad_bytes_ = site.scratchpad_bytes;
  }

  std::vector<Tensor> run(const engine::Program& program, const Tensor& input, Workspace& workspace,
                          const dnnl::stream& stream) const {
    std::vector<Tensor> outputs;
    for (const nn::Output& output : program.graph.outputs)
      outputs.emplace_back(shapes_[static_cast<std::size_t>(output.node)]);
    const engine::Frame frame{addresses(input, outputs, workspace.arena(memory_.arena_bytes)),
                              workspace.scratchpad(scratchpad_bytes_), stream};
    for (const engine::Kernel& kernel : kernels_) kernel(frame);
    for (const engine::OutputCopy& copy : memory_.copies)
      std::memcpy(outputs[copy.output].raw(), frame.values[static_cast<std::size_t>(copy.value)],
                  outputs[copy.output].bytes());
    return outputs;
  }

 private:
  std::vector<float*> addresses(const Tensor& input, std::vector<Tensor>& outputs, std::byte* arena) const {
    std::vector<float*> result;
    for (const Place& place : memory_.places) {
      switch (place.kind) {
        case Place::Kind::None:
          result.push_back(nullptr);
          break;
        case Place::Kind::Input:
          result.push_back(const_cast<float*>(input.data<float>()));
          break;  // only read
        case Place::Kind::Output:
          result.push_back(outputs[place.at].data<float>());
          break;
        case Place::Kind::Arena:
          result.push_back(reinterpret_cast<float*>(arena + place.at));
          break;
      }
    }
    return result;
  }

  std::vector<Shape> shapes_;
  engine::MemoryPlan memory_;
  std::vector<engine::Kernel> kernels_;
  std::size_t scratchpad_bytes_ = 0;
};

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
  explicit Impl(const nn::Network& network) : Impl(network.graph, own_network(network)) {}

  std::vector<Tensor> run(const Tensor& input) {
    VIGIE_CHECK(input.dtype() == DType::F32, "Engine", "the input must be f32, got {}", name_of(input.dtype()));
    const std::lock_guard lock(guard_);
    return plan_for(input.shape()).run(program_, input, workspace_, stream_);
  }

  const nn::Graph& graph() const { return graph_; }

 private:
  /// Primitives are made for a number of threads, too.
  struct Cached {
    Shape input;
    int threads;
    Plan plan;
  };
  static constexpr std::size_t kMaxPlans = 4;

  Impl(nn::Graph graph, nn::Network network)
      : graph_(std::move(graph)), program_(engine::lower(network.graph)), weights_(std::move(network.weights), cpu_) {}

  const Plan& plan_for(const Shape& input) {
    adopt_thread_budget();
    const int threads = thread_budget();
    for (auto it = plans_.begin(); it != plans_.end(); ++it) {
      if (it->input != input || it->threads != threads) continue;
      plans_.splice(plans_.begin(), plans_, it);  // the most recent first
      return it->plan;
    }
    plans_.push_front({input, threads, Plan(program_, weights_, cpu_, input)});
    if (plans_.size() > kMaxPlans) plans_.pop_back();
    return plans_.front().plan;
  }

  nn::Graph graph_;
  dnnl::engine cpu_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{cpu_};
  engine::Program program_;
  engine::WeightStore weights_;
  std::mutex guard_;
  Workspace workspace_;
  std::list<Cached> plans_;
};

Engine::Engine(const nn::Network& network) : impl_(std::make_unique<Impl>(network)) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

std::vector<Tensor> Engine::run(const Tensor& input) const {
  return impl_->run(input);
}
const nn::Graph& Engine::graph() const {
  return impl_->graph();
}

}  // namespace vigie
