#include "vigie/engine/weight_store.h"

#include <set>

#include "vigie/engine/assign_formats.h"
#include "vigie/engine/quantise_weight.h"
#include "vigie/nn/ops.h"

namespace vigie::engine {

dnnl::memory::data_type data_type_of(ElementType type) {
  switch (type) {
    case ElementType::BF16:
      return dnnl::memory::data_type::bf16;
    case ElementType::U8:
      return dnnl::memory::data_type::u8;
    case ElementType::S8:
      return dnnl::memory::data_type::s8;
    default:
      return dnnl::memory::data_type::f32;
  }
}

WeightStore::WeightStore(const Program& program, const TensorMap& parameters, dnnl::engine cpu) : cpu_(std::move(cpu)) {
  for (const Step& step : program.steps)
    if (!step.conversion) take(program, step, parameters);
}

void WeightStore::take(const Program& program, const Step& step, const TensorMap& parameters) {
  const nn::Node& node = program.node(step.node);
  const bool has_weight = multiplies_weights(node.op);
  for (std::size_t p = has_weight ? 1 : 0; p < node.params.size(); ++p)
    vectors_[node.params[p]] = parameters.at(node.params[p]);
  if (!has_weight) return;

  const std::string& name = node.params[0];
  const Tensor& original = parameters.at(name);
  shapes_[name] = original.shape();
  const ElementType type = weight_type(program, step);
  const auto [entry, fresh] = weights_.try_emplace(key_of(node, data_type_of(type)));
  if (!fresh) return;
  Weight& weight = entry->second;
  if (type == ElementType::S8) {
    QuantisedWeight quantised = quantise_weight(original, node.op == nn::Op::ConvTranspose2d ? 1 : 0);
    weight.plain = std::move(quantised.elements);
    weight.scales = std::move(quantised.scales);
  } else if (type == ElementType::BF16) {
    weight.plain = Tensor(original.shape(), DType::U16);
    convert(original.raw(), {}, weight.plain.raw(), {ElementType::BF16}, original.count());
  } else {
    weight.plain = original;
  }
}

WeightStore::Key WeightStore::key_of(const nn::Node& node, dnnl::memory::data_type type) {
  const std::int64_t groups = node.op == nn::Op::Conv2d ? nn::int_attr(node, "groups") : 1;
  return {node.params[0], type, node.op == nn::Op::ConvTranspose2d ? 0 : groups};
}

std::size_t WeightStore::weight_bytes() const {
  const std::lock_guard lock(guard_);
  std::size_t total = 0;
  for (const auto& [key, weight] : weights_) {
    std::set<std::shared_ptr<const dnnl::memory>> alive{weight.source};
    for (const auto& entry : weight.reordered) alive.insert(entry.lock());
    alive.erase(nullptr);
    total += weight.plain.bytes();
    for (const auto& memory : alive) total += memory->get_desc().get_size();
  }
  return total;
}

std::span<const float> WeightStore::scales(const nn::Node& node) const {
  return weights_.at(key_of(node, dnnl::memory::data_type::s8)).scales;
}

std::shared_ptr<const dnnl::memory> WeightStore::source_of(Weight& weight, const dnnl::memory::desc& plain) const {
  if (weight.source) return weight.source;
  const auto release = [owner = weight.plain](const dnnl::memory* memory) { delete memory; };
  return {new dnnl::memory(plain, cpu_, weight.plain.raw()), release};
}

std::shared_ptr<const dnnl::memory> WeightStore::reordered(const dnnl::memory& source,
                                                           const dnnl::memory::desc& wanted) const {
  auto result = std::make_shared<dnnl::memory>(wanted, cpu_);
  dnnl::stream stream(cpu_);
  dnnl::memory from = source;
  dnnl::reorder(from, *result).execute(stream, from, *result);
  stream.wait();
  return result;
}

std::shared_ptr<const dnnl::memory> WeightStore::weight(const nn::Node& node, const dnnl::memory::desc& plain,
                                                        const dnnl::memory::desc& wanted) {
  const std::lock_guard lock(guard_);
  Weight& weight = weights_.at(key_of(node, onednn::type_of(plain)));
  std::shared_ptr<const dnnl::memory> source = source_of(weight, plain);
  if (source->get_desc() == wanted) return source;
  std::erase_if(weight.reordered, [](const auto& entry) { return entry.expired(); });
  for (const auto& entry : weight.reordered)
    if (auto memory = entry.lock(); memory && memory->get_desc() == wanted) return memory;

  if (source->get_desc() != plain) source = reordered(*source, plain);  // not every layout leads to every other
  auto memory = reordered(*source, wanted);
  weight.reordered.push_back(memory);
  if (!onednn::carries_sums(wanted)) {  // a layout that does (S8 read with S8) does not lead back
    weight.source = memory;
    weight.plain = Tensor();
  }
  return memory;
}

}  // namespace vigie::engine
