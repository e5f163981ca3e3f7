#include "vigie/engine/fused_attr.h"

#include <algorithm>
#include <utility>

#include "vigie/nn/ops.h"

namespace vigie::engine {

using dnnl::algorithm;
using nn::Op;
using onednn::Eltwise;

std::vector<Eltwise> eltwise_chain(const nn::Node& node) {
  switch (node.op) {
    case Op::Relu:
      return {{algorithm::eltwise_relu}};
    case Op::LeakyRelu:
      return {{algorithm::eltwise_relu, static_cast<float>(nn::attr(node, "slope"))}};
    case Op::Relu6:
      return {{algorithm::eltwise_clip, 0, 6}};
    case Op::Sigmoid:
      return {{algorithm::eltwise_logistic}};
    case Op::Silu:
      return {{algorithm::eltwise_swish, 1}};
    case Op::Gelu:
      return {{algorithm::eltwise_gelu_erf}};
    case Op::Tanh:
      return {{algorithm::eltwise_tanh}};
    case Op::HardSwish:
      return {onednn::hard_swish()};
    case Op::HardSigmoid:
      return {{algorithm::eltwise_linear, 1.0F / 6, 0.5F}, {algorithm::eltwise_clip, 0, 1}};
    case Op::Exp:
      return {{algorithm::eltwise_exp}};
    case Op::Scale:
      return {{algorithm::eltwise_linear, static_cast<float>(nn::attr(node, "factor")),
               static_cast<float>(nn::attr(node, "shift"))}};
    default:
      fail(ErrorKind::Internal, "Engine", "'{}' is not element-wise", node.name);
  }
}

dnnl::primitive_attr plain_attr() {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attr;
}

namespace {

/// Puts a multiplication by `unit` before the chain; into its first link if that is linear, since oneDNN 2.6 computes
/// two linear links in a row wrongly.
void to_real(std::vector<Eltwise>& chain, float unit) {
  if (chain[0].kind == algorithm::eltwise_linear)
    chain[0].alpha *= unit;
  else if (unit != 1)
    chain.insert(chain.begin(), {algorithm::eltwise_linear, unit});
}

bool is_grouped(const nn::Node& node) {
  return node.op == Op::Conv2d && nn::int_attr(node, "groups") != 1;
}

}  // namespace

FusedAttr fused_attr(const Site& site, const Step& step, int overwritten, const dnnl::memory::desc& residual) {
  const bool in_place = step.residual >= 0 && overwritten == step.residual;
  const bool beside = step.residual >= 0 && !in_place;
  const float residual_scale = step.residual >= 0 ? site.format(step.residual).scale : 1.0F;
  const float result_scale = site.format(step.output).scale;
  std::vector<Eltwise> chain;
  if (step.activation >= 0) chain = eltwise_chain(site.program.node(step.activation));

  // `unit` is the real number that 1 stands for along the chain. A residual beside is added as it is, so its scale is
  // the unit then; only ReLUs do not care about the unit; the result wants its own scale.
  const bool any_unit = std::ranges::all_of(chain, [](const Eltwise& e) { return e.kind == algorithm::eltwise_relu; });
  float unit = beside ? residual_scale : any_unit ? result_scale : 1.0F;
  FusedAttr result{plain_attr(), {}, {}};
  const Format& read = site.format(step.inputs[0]);
  if (read.quantised()) {
    std::vector<float> to_unit;
    for (const float scale : site.weights.scales(site.node(step))) {
      const float sum_unit = read.scale * scale;
      to_unit.push_back(sum_unit / unit);
      result.bias_divisors.push_back(onednn::bias_divisor(sum_unit, unit));
    }
    onednn::scale_sums(result.attr, result.arguments, std::move(to_unit), is_grouped(site.node(step)));
  }

  dnnl::post_ops after;
  // Some primitives refuse a sum whose type is spelled out, even when it is the result's.
  const bool same_type = in_place && site.format(step.residual).type == site.format(step.output).type;
  if (same_type) after.append_sum(residual_scale / unit);
  if (in_place && !same_type) after.append_sum(residual_scale / unit, 0, data_type_of(site.format(step.residual).type));
  if (beside) after.append_binary(algorithm::binary_add, residual);
  if (!any_unit) to_real(chain, std::exchange(unit, 1.0F));
  onednn::finish(result.attr, after, result.arguments, chain, unit / result_scale);
  result.attr.set_post_ops(after);
  return result;
}

void bind_residual(PrimitiveCall& call, const Step& step, int overwritten, const dnnl::memory::desc& residual) {
  if (step.residual >= 0 && overwritten != step.residual)
    call.bind(DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1, residual, step.residual);
}

}  // namespace vigie::engine
