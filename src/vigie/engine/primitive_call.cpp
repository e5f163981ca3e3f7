#include "vigie/engine/primitive_call.h"

#include <algorithm>

#include "vigie/engine/kernels.h"

namespace vigie::engine {

PrimitiveCall::PrimitiveCall(Site& site, const dnnl::primitive& primitive, const dnnl::memory::desc& scratchpad)
    : cpu_(site.cpu), primitive_(primitive), scratchpad_(scratchpad, cpu_, DNNL_MEMORY_NONE) {
  site.scratchpad_bytes = std::max(site.scratchpad_bytes, scratchpad.get_size());
  arguments_.push_back({DNNL_ARG_SCRATCHPAD, scratchpad_.get()});
}

void PrimitiveCall::bind(int argument, const dnnl::memory::desc& desc, int value) {
  values_.push_back({value, dnnl::memory(desc, cpu_, DNNL_MEMORY_NONE), nullptr});
  arguments_.push_back({argument, values_.back().memory.get()});
}

void PrimitiveCall::hold(int argument, std::shared_ptr<const dnnl::memory> parameter) {
  arguments_.push_back({argument, parameter->get()});
  held_.push_back(std::move(parameter));
}

void PrimitiveCall::operator()(const Frame& frame) {
  scratchpad_.set_data_handle(frame.scratchpad);
  for (Moving& moving : values_) {
    void* address = frame.at(moving.value);
    if (address == moving.address) continue;
    moving.memory.set_data_handle(address);
    moving.address = address;
  }
  // The C++ interface would build this list anew, through a map, on every call.
  dnnl::error::wrap_c_api(dnnl_primitive_execute(primitive_.get(), frame.stream.get(),
                                                 static_cast<int>(arguments_.size()), arguments_.data()),
                          "a primitive could not run");
}

}  // namespace vigie::engine
