#include <cmath>

#include "vigie/engine/fused_attr.h"
#include "vigie/engine/kernels.h"
#include "vigie/engine/loops.h"
#include "vigie/nn/ops.h"

namespace vigie::engine {

namespace {

/// Calls body with a null pointer of the element type, F32 or BF16.
template <typename Body>
Kernel with_real_type(const Site& site, const Step& step, const Body& body) {
  return site.format(step.output).type == ElementType::BF16 ? body(static_cast<Bf16*>(nullptr))
                                                            : body(static_cast<float*>(nullptr));
}

}  // namespace

Kernel make_affine(Site& site, const Step& step) {
  const nn::Node& node = site.node(step);
  const auto param = [&](std::size_t i) { return site.weights.vector(node.params[i]); };
  std::vector<float> scale;
  std::vector<float> shift;
  for (std::size_t c = 0; c < param(0).size(); ++c) {
    const double s = param(0)[c] / std::sqrt(static_cast<double>(param(3)[c]) + nn::attr(node, "epsilon"));
    scale.push_back(static_cast<float>(s));
    shift.push_back(static_cast<float>(param(1)[c] - s * param(2)[c]));
  }
  return with_real_type(site, step, [&]<typename T>(T*) -> Kernel {
    return [=, rows = rows_of(site.shape(step.output))](const Frame& frame) {
      affine_rows(frame.at<const T>(step.inputs[0]), frame.at<T>(step.output), rows, scale, shift,
                  step.activation >= 0);
    };
  });
}

Kernel make_concat(Site& site, const Step& step) {
  std::vector<std::int64_t> widths;  // bytes
  const auto size = static_cast<std::int64_t>(byte_size(site.format(step.output).type));
  for (const int input : step.inputs) widths.push_back(site.shape(input).back() * size);
  return [=, rows = rows_of(site.shape(step.output))](const Frame& frame) {
    std::vector<const std::byte*> parts;
    for (const int input : step.inputs) parts.push_back(frame.at<const std::byte>(input));
    concat_rows(parts, widths, frame.at<std::byte>(step.output), rows);
  };
}

Kernel make_slice(Site& site, const Step& step) {
  const auto size = static_cast<std::int64_t>(byte_size(site.format(step.output).type));
  const std::int64_t from = nn::int_attr(site.node(step), "begin") * size;
  const std::int64_t x_width = site.shape(step.inputs[0]).back() * size;
  const std::int64_t y_width = site.shape(step.output).back() * size;
  return [=, in = step.inputs[0], out = step.output, rows = rows_of(site.shape(step.output))](const Frame& frame) {
    slice_rows(frame.at<const std::byte>(in) + from, x_width, frame.at<std::byte>(out), y_width, rows);
  };
}

Kernel make_mask(Site& site, const Step& step) {
  const std::span<const float> mask = site.weights.vector(site.node(step).params[0]);
  return with_real_type(site, step, [&]<typename T>(T*) -> Kernel {
    return [=, in = step.inputs[0], out = step.output, shape = site.shape(step.output)](const Frame& frame) {
      mask_positions(frame.at<const T>(in), frame.at<T>(out), rows_of(shape), shape.back(), mask);
    };
  });
}

Kernel make_l2_norm(Site& site, const Step& step) {
  return with_real_type(site, step, [&]<typename T>(T*) -> Kernel {
    return [=, in = step.inputs[0], out = step.output, shape = site.shape(step.output)](const Frame& frame) {
      unit_rows(frame.at<const T>(in), frame.at<T>(out), rows_of(shape), shape.back());
    };
  });
}

Kernel make_global_average(Site& site, const Step& step) {
  return with_real_type(site, step, [&]<typename T>(T*) -> Kernel {
    return [=, shape = site.shape(step.inputs[0])](const Frame& frame) {
      global_average(frame.at<const T>(step.inputs[0]), frame.at<T>(step.output), shape);
    };
  });
}

Kernel make_average_pool(Site& site, const Step& step) {
  const nn::Node& node = site.node(step);
  const AveragePool pool{nn::int_attr(node, "kernel"), nn::int_attr(node, "stride"), nn::int_attr(node, "pad"),
                         nn::attr(node, "count_include_pad") != 0};
  return with_real_type(site, step, [&]<typename T>(T*) -> Kernel {
    return [=, in = site.shape(step.inputs[0]), out = site.shape(step.output)](const Frame& frame) {
      average_pool(frame.at<const T>(step.inputs[0]), in, frame.at<T>(step.output), out, pool);
    };
  });
}

Kernel make_activation(Site& site, const Step& step) {
  const std::int64_t count = count_of(site.shape(step.output));
  const auto chain = eltwise_chain(site.node(step));
  if (chain.size() > 1)
    return with_real_type(site, step, [&]<typename T>(T*) -> Kernel {
      return
          [=](const Frame& frame) { hard_sigmoid(frame.at<const T>(step.inputs[0]), frame.at<T>(step.output), count); };
    });
  const dnnl::memory::desc desc = vector_desc(count, site.format(step.output).type);
  const auto description =
      onednn::describe_eltwise(site.cpu, plain_attr(), chain[0].kind, desc, chain[0].alpha, chain[0].beta);
  PrimitiveCall call(site, dnnl::eltwise_forward(description), description.scratchpad_desc());
  call.bind(DNNL_ARG_SRC, desc, step.inputs[0]);
  call.bind(DNNL_ARG_DST, desc, step.output);
  return call;
}

}  // namespace vigie::engine
