#include "vigie/engine/step_noise.h"

#include <algorithm>
#include <cmath>

#include "vigie/engine/quantise_weight.h"

namespace vigie::engine {

namespace {

constexpr double kNoNoise = 200;  // dB

Tensor rounded(const Tensor& tensor, const Format& format) {
  Tensor quantised(tensor.shape(), DType::U8);
  Tensor result(tensor.shape());
  convert(tensor.raw(), {}, quantised.raw(), format, tensor.count());
  convert(quantised.raw(), format, result.raw(), {}, tensor.count());
  return result;
}

/// The parameters of one node, its weight rounded to int8 and back.
TensorMap rounded_weights(const nn::Node& node, const TensorMap& weights) {
  TensorMap result;
  for (const std::string& name : node.params) result[name] = weights.at(name);
  Tensor& weight = result.at(node.params[0]);
  const int out_axis = node.op == nn::Op::ConvTranspose2d ? 1 : 0;
  weight = dequantised(quantise_weight(weight, out_axis), out_axis);
  return result;
}

}  // namespace

StepNoise::StepNoise(const Program& program, std::size_t step, const TensorMap& weights,
                     const std::vector<std::optional<Format>>& formats, const dnnl::engine& cpu)
    : program_(isolate(program, step)), cpu_(cpu), weights_(program_, rounded_weights(node(), weights), cpu) {
  for (const int input : program_.inputs) formats_.push_back(formats[static_cast<std::size_t>(input)]);
}

void StepNoise::add(const std::vector<Tensor>& values) {
  const auto tensor = [&](int value) -> const Tensor& { return values[static_cast<std::size_t>(value)]; };
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < formats_.size(); ++i) {
    const Tensor& exact = tensor(program_.inputs[i]);
    inputs.push_back(formats_[i] ? rounded(exact, *formats_[i]) : exact);
  }
  if (!session_ || prepared_for_ != inputs[0].shape()) {
    std::vector<Shape> shapes;
    for (const Tensor& value : values) shapes.push_back(value.shape());
    session_.emplace(program_, weights_, cpu_, std::move(shapes));
    prepared_for_ = inputs[0].shape();
  }
  const Tensor result = session_->run(inputs)[0];
  const std::span<const float> exact = tensor(program_.outputs[0]).values<float>();
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double difference = static_cast<double>(result.data<float>()[i]) - exact[i];
    signal_ += static_cast<double>(exact[i]) * exact[i];
    error_ += difference * difference;
  }
}

double StepNoise::sqnr_db() const {
  if (error_ == 0) return kNoNoise;
  return std::clamp(10 * std::log10(signal_ / error_), -kNoNoise, kNoNoise);
}

}  // namespace vigie::engine
