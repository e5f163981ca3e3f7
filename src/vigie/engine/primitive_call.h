#pragma once

#include <memory>
#include <vector>

#include "vigie/engine/onednn.h"

namespace vigie::engine {

struct Site;

/// What a kernel finds when it runs: where every value lives, and memory to scribble on.
struct Frame {
  std::vector<void*> values;
  void* scratchpad = nullptr;
  dnnl::stream stream;

  template <typename T = void>
  T* at(int value) const {
    return static_cast<T*>(values[static_cast<std::size_t>(value)]);
  }
};

/// A oneDNN primitive with its arguments: some are values and may move from run to run, the others are parameters.
class PrimitiveCall {
 public:
  PrimitiveCall(Site& site, const dnnl::primitive& primitive, const dnnl::memory::desc& scratchpad);

  void bind(int argument, const dnnl::memory::desc& desc, int value);
  void hold(int argument, std::shared_ptr<const dnnl::memory> parameter);
  void operator()(const Frame& frame);

 private:
  struct Moving {
    int value;
    dnnl::memory memory;
    void* address;
  };

  dnnl::engine cpu_;
  dnnl::primitive primitive_;
  dnnl::memory scratchpad_;
  std::vector<Moving> values_;
  std::vector<std::shared_ptr<const dnnl::memory>> held_;
  std::vector<dnnl_exec_arg_t> arguments_;
};

}  // namespace vigie::engine
