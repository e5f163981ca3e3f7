#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "vigie/core/tensor_map.h"
#include "vigie/engine/onednn.h"
#include "vigie/engine/program.h"

namespace vigie::engine {

/// The parameters of a program, each weight in the formats in which its steps multiply, and their reorderings for as
/// long as some plan uses them. Calls from several threads are safe.
class WeightStore {
 public:
  /// Takes over what the steps need; the F32 original of a weight that is used in another format is let go.
  WeightStore(const Program& program, const TensorMap& parameters, dnnl::engine cpu);

  /// A vector: bias, or a parameter of a norm.
  std::span<const float> vector(const std::string& name) const { return vectors_.at(name).values<float>(); }

  /// A weight's shape.
  const Shape& shape(const std::string& name) const { return shapes_.at(name); }

  /// Of an S8 weight: what one step of each output channel's elements is worth.
  std::span<const float> scales(const nn::Node& node) const;

  /// The node's weight, which is laid out as `plain` and whose element type is plain's, in the layout `wanted`.
  std::shared_ptr<const dnnl::memory> weight(const nn::Node& node, const dnnl::memory::desc& plain,
                                             const dnnl::memory::desc& wanted);

  /// Bytes of the weights in all layouts that are alive. Nodes that share a weight count once.
  std::size_t weight_bytes() const;

 private:
  struct Weight {
    Tensor plain;  ///< emptied once the reordered weight can take its place
    std::vector<float> scales;
    std::shared_ptr<const dnnl::memory> source;  ///< from which reorderings are made; null: `plain`
    std::vector<std::weak_ptr<const dnnl::memory>> reordered;
  };
  /// Name, type, and how the operation reads the extents: the groups of a convolution, 0 when it is transposed.
  using Key = std::tuple<std::string, dnnl::memory::data_type, std::int64_t>;
  static Key key_of(const nn::Node& node, dnnl::memory::data_type type);

  void take(const Program& program, const Step& step, const TensorMap& parameters);
  std::shared_ptr<const dnnl::memory> reordered(const dnnl::memory& source, const dnnl::memory::desc& wanted) const;
  std::shared_ptr<const dnnl::memory> source_of(Weight& weight, const dnnl::memory::desc& plain) const;

  dnnl::engine cpu_;
  std::map<std::string, Tensor> vectors_;
  std::map<std::string, Shape> shapes_;
  mutable std::mutex guard_;  // of weights_ once built
  std::map<Key, Weight> weights_;
};

/// oneDNN's name of a type.
dnnl::memory::data_type data_type_of(ElementType type);

}  // namespace vigie::engine
