#pragma once

// The one door to oneDNN, of versions 2 and 3. Where they differ, the functions below speak as 3 does: a primitive is
// described in one call, and scales of int8 are arguments of its runs. No other file asks for the version.
#include <cstddef>
#include <dnnl.hpp>
#include <utility>
#include <vector>

namespace vigie::engine::onednn {

constexpr bool kIsVersion2 = DNNL_VERSION_MAJOR < 3;
constexpr auto kInference = dnnl::prop_kind::forward_inference;

using Dims = dnnl::memory::dims;
using Desc = dnnl::memory::desc;

/// What `Primitive` is to do, from what its description takes after engine and before attributes. Throws dnnl::error
/// when oneDNN has no such primitive.
template <typename Primitive, typename... Args>
typename Primitive::primitive_desc describe(const dnnl::engine& cpu, const dnnl::primitive_attr& attr,
                                            const Args&... args) {
#if DNNL_VERSION_MAJOR < 3
  return typename Primitive::primitive_desc(typename Primitive::desc(args...), attr, cpu);
#else
  return typename Primitive::primitive_desc(cpu, args..., attr);
#endif
}

/// The largest value of every window, without dilation; [B C h w] each.
inline dnnl::pooling_forward::primitive_desc describe_max_pool(const dnnl::engine& cpu,
                                                               const dnnl::primitive_attr& attr, const Desc& from,
                                                               const Desc& to, const Dims& strides, const Dims& window,
                                                               const Dims& before, const Dims& after) {
  constexpr auto kMax = dnnl::algorithm::pooling_max;
#if DNNL_VERSION_MAJOR < 3
  return describe<dnnl::pooling_forward>(cpu, attr, kInference, kMax, from, to, strides, window, before, after);
#else
  const Dims dense(window.size(), 0);
  return describe<dnnl::pooling_forward>(cpu, attr, kInference, kMax, from, to, strides, window, dense, before, after);
#endif
}

/// An element-wise operation; source and result have one layout.
inline dnnl::eltwise_forward::primitive_desc describe_eltwise(const dnnl::engine& cpu, const dnnl::primitive_attr& attr,
                                                              dnnl::algorithm kind, const Desc& values, float alpha,
                                                              float beta) {
#if DNNL_VERSION_MAJOR < 3
  return describe<dnnl::eltwise_forward>(cpu, attr, kInference, kind, values, alpha, beta);
#else
  return describe<dnnl::eltwise_forward>(cpu, attr, kInference, kind, values, values, alpha, beta);
#endif
}

/// Softmax of every row of [rows C]; source and result have one layout.
inline dnnl::softmax_forward::primitive_desc describe_softmax(const dnnl::engine& cpu, const dnnl::primitive_attr& attr,
                                                              const Desc& rows) {
#if DNNL_VERSION_MAJOR < 3
  return describe<dnnl::softmax_forward>(cpu, attr, kInference, rows, 1);
#else
  return describe<dnnl::softmax_forward>(cpu, attr, kInference, dnnl::algorithm::softmax_accurate, rows, rows, 1);
#endif
}

/// Layer norm of every row of [rows C] with scale and shift; source and result have one layout.
inline dnnl::layer_normalization_forward::primitive_desc describe_layer_norm(const dnnl::engine& cpu,
                                                                             const dnnl::primitive_attr& attr,
                                                                             const Desc& rows, float epsilon) {
  const auto both = dnnl::normalization_flags::use_scale | dnnl::normalization_flags::use_shift;
#if DNNL_VERSION_MAJOR < 3
  return describe<dnnl::layer_normalization_forward>(cpu, attr, kInference, rows, epsilon, both);
#else
  return describe<dnnl::layer_normalization_forward>(cpu, attr, kInference, rows, rows, epsilon, both);
#endif
}

/// Numbers that a primitive with certain attributes reads at every run, under an argument of their own.
struct Argument {
  int id;
  std::vector<float> values;
};

/// Has the sums of int8 products multiplied by a factor for each output channel, before anything else. `grouped` is
/// whether the weight's first two extents together number the output channels (a convolution of groups).
/// Appends to `arguments` what runs must bring.
inline void scale_sums(dnnl::primitive_attr& attr, std::vector<Argument>& arguments, std::vector<float> factors,
                       [[maybe_unused]] bool grouped) {
#if DNNL_VERSION_MAJOR < 3
  attr.set_output_scales(1 << 1, factors);  // extent 1 of the result
  static_cast<void>(arguments);
#else
  attr.set_scales_mask(DNNL_ARG_WEIGHTS, grouped ? 0b11 : 0b1);  // extents of the weight
  arguments.push_back({DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, std::move(factors)});
#endif
}

/// What a real bias is divided by before it joins an int8 product: version 2 adds it to the integer sum, of which one
/// is worth `sum_unit`, version 3 to the sum multiplied by its factor, of which one is worth `scaled_unit`.
constexpr float bias_divisor(float sum_unit, float scaled_unit) {
  return kIsVersion2 ? sum_unit : scaled_unit;
}

/// An element-wise operation.
struct Eltwise {
  dnnl::algorithm kind;
  float alpha = 0;
  float beta = 0;
};

/// x · min(max(x / 6 + 1 / 2, 0), 1); version 2 knows the two numbers itself.
inline Eltwise hard_swish() {
  constexpr auto kKind = dnnl::algorithm::eltwise_hardswish;
  return kIsVersion2 ? Eltwise{kKind} : Eltwise{kKind, 1.0F / 6, 0.5F};
}

/// Appends operations and a multiplication by `factor`, after which the result is stored.
/// Appends to `arguments` what runs must bring.
inline void finish(dnnl::primitive_attr& attr, dnnl::post_ops& after, std::vector<Argument>& arguments,
                   const std::vector<Eltwise>& chain, float factor) {
#if DNNL_VERSION_MAJOR < 3
  for (std::size_t i = 0; i < chain.size(); ++i)
    after.append_eltwise(i + 1 == chain.size() ? factor : 1.0F, chain[i].kind, chain[i].alpha, chain[i].beta);
  if (chain.empty() && factor != 1) after.append_eltwise(1.0F, dnnl::algorithm::eltwise_linear, factor, 0);
  static_cast<void>(attr), static_cast<void>(arguments);
#else
  for (const Eltwise& e : chain) after.append_eltwise(e.kind, e.alpha, e.beta);
  if (factor == 1) return;
  attr.set_scales_mask(DNNL_ARG_DST, 0);
  arguments.push_back({DNNL_ARG_ATTR_SCALES | DNNL_ARG_DST, {1 / factor}});
#endif
}

inline dnnl::memory::data_type type_of(const Desc& desc) {
#if DNNL_VERSION_MAJOR < 3
  return desc.data_type();
#else
  return desc.get_data_type();
#endif
}

/// Whether a layout of S8 holds sums of the weight behind its elements, as primitives that read S8 want it.
inline bool carries_sums(const Desc& desc) {
#if DNNL_VERSION_MAJOR < 3
  return desc.data.extra.flags != dnnl_memory_extra_flag_none;
#else
  std::size_t elements = 1;  // of one byte
  for (const auto extent : desc.get_padded_dims()) elements *= static_cast<std::size_t>(extent);
  return type_of(desc) == dnnl::memory::data_type::s8 && desc.get_size() > elements;
#endif
}

}  // namespace vigie::engine::onednn
