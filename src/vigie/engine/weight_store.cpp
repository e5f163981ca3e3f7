#include "vigie/engine/weight_store.h"

namespace vigie::engine {

std::shared_ptr<const dnnl::memory> WeightStore::get(const std::string& name, const dnnl::memory::desc& plain,
                                                     const dnnl::memory::desc& wanted) {
  Tensor& tensor = weights_.at(name);
  dnnl::memory original(plain, cpu_, tensor.raw());
  if (plain == wanted) return std::make_shared<const dnnl::memory>(original);
  auto& known = reordered_[name];
  std::erase_if(known, [](const auto& entry) { return entry.expired(); });
  for (const auto& entry : known)
    if (auto memory = entry.lock(); memory && memory->get_desc() == wanted) return memory;
  auto memory = std::make_shared<dnnl::memory>(wanted, cpu_);
  dnnl::stream stream(cpu_);
  dnnl::reorder(original, *memory).execute(stream, original, *memory);
  stream.wait();
  known.push_back(memory);
  return memory;
}

}  // namespace vigie::engine
