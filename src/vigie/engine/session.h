#pragma once

#include <span>
#include <vector>

#include "vigie/engine/kernels.h"
#include "vigie/engine/memory_plan.h"

namespace vigie::engine {

/// A program made ready for inputs of certain shapes: primitives, and memory in which one run at a time can take place.
class Session {
 public:
  /// `shapes` by node of the program's graph. The program and the weights must outlive the session. Throws Unsupported
  /// naming the node that oneDNN cannot run.
  Session(const Program& program, WeightStore& weights, const dnnl::engine& cpu, std::vector<Shape> shapes);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// One tensor per input of the program, of the shapes planned for; gives one per output, in memory of its own.
  std::vector<Tensor> run(std::span<const Tensor> inputs);

 private:
  void make_kernels(WeightStore& weights, const dnnl::engine& cpu);

  const Program& program_;
  std::vector<Shape> shapes_;
  MemoryPlan memory_;
  std::vector<Kernel> kernels_;
  Tensor arena_;
  Tensor scratchpad_;
  Frame frame_;
};

}  // namespace vigie::engine
