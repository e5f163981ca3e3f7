#include "vigie/engine/session.h"

#include <cstring>

namespace vigie::engine {

Session::Session(const Program& program, WeightStore& weights, const dnnl::engine& cpu, std::vector<Shape> shapes)
    : program_(program), shapes_(std::move(shapes)), memory_(plan_memory(program, shapes_)) {
  make_kernels(weights, cpu);
  arena_ = Tensor({static_cast<std::int64_t>(memory_.arena_bytes)}, DType::U8);
  frame_.values.assign(program.values.size(), nullptr);
  for (std::size_t v = 0; v < frame_.values.size(); ++v)
    if (memory_.places[v].kind == Place::Kind::Arena)
      frame_.values[v] = static_cast<std::byte*>(arena_.raw()) + memory_.places[v].at;
  frame_.scratchpad = scratchpad_.raw();
  frame_.stream = dnnl::stream(cpu);
}

void Session::make_kernels(WeightStore& weights, const dnnl::engine& cpu) {
  Site site{program_, shapes_, weights, cpu};
  for (std::size_t s = 0; s < program_.steps.size(); ++s) {
    const Step& step = program_.steps[s];
    try {
      kernels_.push_back(make_kernel(site, step, memory_.overwritten[s]));
    } catch (const dnnl::error& e) {
      fail(ErrorKind::Unsupported, "Engine", "node '{}' cannot run on inputs of shape {}: oneDNN: {}",
           site.node(step).name, to_string(site.shape(step.inputs[0])), e.what());
    }
  }
  scratchpad_ = Tensor({static_cast<std::int64_t>(site.scratchpad_bytes)}, DType::U8);
}

std::vector<Tensor> Session::run(std::span<const Tensor> inputs) {
  std::vector<Tensor> outputs;
  for (const int output : program_.outputs)
    outputs.emplace_back(shapes_[static_cast<std::size_t>(program_.value(output).node)]);
  for (std::size_t v = 0; v < frame_.values.size(); ++v) {
    const Place& place = memory_.places[v];
    if (place.kind == Place::Kind::Input) frame_.values[v] = const_cast<void*>(inputs[place.at].raw());  // only read
    if (place.kind == Place::Kind::Output) frame_.values[v] = outputs[place.at].raw();
  }
  for (const Kernel& kernel : kernels_) kernel(frame_);
  for (const OutputCopy& copy : memory_.copies)
    std::memcpy(outputs[copy.output].raw(), frame_.at(copy.value), outputs[copy.output].bytes());
  return outputs;
}

}  // namespace vigie::engine
