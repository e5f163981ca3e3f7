#include "vigie/engine/kernels.h"

#include <algorithm>

#include "vigie/engine/fused_attr.h"

namespace vigie::engine {

using nn::Op;

Kernel make_kernel(Site& site, const Step& step, int overwritten) {
  if (step.conversion) return make_conversion(site, step);
  switch (site.node(step).op) {
    case Op::Conv2d:
      return make_convolution(site, step, overwritten);
    case Op::ConvTranspose2d:
      return make_transposed_convolution(site, step);
    case Op::Linear:
      return make_linear(site, step, overwritten);
    case Op::MatMul:
      return make_matrix_product(site, step);
    case Op::MaxPool:
      return make_max_pool(site, step);
    case Op::Upsample:
      return make_upsample(site, step);
    case Op::Add:
    case Op::Mul:
    case Op::Sub:
      return make_binary(site, step, overwritten);
    case Op::Softmax:
      return make_softmax(site, step);
    case Op::LayerNorm:
      return make_layer_norm(site, step);
    case Op::BatchNorm:
      return make_affine(site, step);
    case Op::Concat:
      return make_concat(site, step);
    case Op::Slice:
      return make_slice(site, step);
    case Op::Mask:
      return make_mask(site, step);
    case Op::L2Norm:
      return make_l2_norm(site, step);
    case Op::GlobalAvgPool:
      return make_global_average(site, step);
    case Op::AvgPool:
      return make_average_pool(site, step);
    default:
      return make_activation(site, step);
  }
}

Kernel make_conversion(Site& site, const Step& step) {
  return [in = step.inputs[0], out = step.output, from = site.format(step.inputs[0]), to = site.format(step.output),
          count = count_of(site.shape(step.output))](const Frame& frame) {
    convert(frame.at(in), from, frame.at(out), to, count);
  };
}

dnnl::memory::desc Site::image(int value) const {
  const Shape& s = shape(value);
  return {{s[0], s[3], s[1], s[2]}, data_type_of(format(value).type), dnnl::memory::format_tag::nhwc};
}

std::int64_t rows_of(const Shape& shape) {
  return count_of(shape) / shape.back();
}

dnnl::memory::desc Site::rows(int value) const {
  const Shape& s = shape(value);
  return {{rows_of(s), s.back()}, data_type_of(format(value).type), dnnl::memory::format_tag::ab};
}

dnnl::memory::desc vector_desc(std::int64_t count, ElementType type) {
  return {{count}, data_type_of(type), dnnl::memory::format_tag::a};
}

std::shared_ptr<const dnnl::memory> vector_memory(const Site& site, std::span<const float> values) {
  auto memory = std::make_shared<dnnl::memory>(vector_desc(static_cast<std::int64_t>(values.size())), site.cpu);
  std::ranges::copy(values, static_cast<float*>(memory->get_data_handle()));
  return memory;
}

}  // namespace vigie::engine
