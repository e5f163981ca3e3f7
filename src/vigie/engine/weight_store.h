#pragma once

#include <dnnl.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "vigie/io/safetensors.h"

namespace vigie::engine {

/// The network's parameters, and their reorderings for as long as some plan uses them.
class WeightStore {
 public:
  WeightStore(TensorMap weights, dnnl::engine cpu) : weights_(std::move(weights)), cpu_(std::move(cpu)) {}

  const Tensor& plain(const std::string& name) const { return weights_.at(name); }

  /// The parameter, which is laid out as `plain`, in the layout `wanted`.
  std::shared_ptr<const dnnl::memory> get(const std::string& name, const dnnl::memory::desc& plain,
                                          const dnnl::memory::desc& wanted);

 private:
  TensorMap weights_;
  dnnl::engine cpu_;
  std::map<std::string, std::vector<std::weak_ptr<const dnnl::memory>>> reordered_;
};

}  // namespace vigie::engine
