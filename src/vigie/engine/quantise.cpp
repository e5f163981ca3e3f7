#include "vigie/engine/quantise.h"

#include <algorithm>
#include <list>
#include <set>

#include "vigie/core/threads.h"
#include "vigie/engine/assign_formats.h"
#include "vigie/engine/common_ranges.h"
#include "vigie/engine/magnitude_histogram.h"
#include "vigie/engine/session_pool.h"
#include "vigie/engine/step_noise.h"
#include "vigie/nn/ops.h"

namespace vigie {

namespace {

using nn::Op;

/// By node: whether its result is never negative, whatever the input.
std::vector<bool> never_negative(const nn::Graph& graph) {
  std::vector<bool> result;
  for (const nn::Node& node : graph.nodes) {
    switch (node.op) {
      case Op::Relu:
      case Op::Relu6:
      case Op::Sigmoid:
      case Op::HardSigmoid:
      case Op::Softmax:
      case Op::Exp:
        result.push_back(true);
        break;
      case Op::MaxPool:
      case Op::AvgPool:
      case Op::GlobalAvgPool:
      case Op::Upsample:
      case Op::Reshape:
      case Op::Concat:
      case Op::Slice:
      case Op::L2Norm:
      case Op::Add:
      case Op::Mul:
        result.push_back(std::ranges::all_of(node.inputs, [&](int i) { return result[static_cast<std::size_t>(i)]; }));
        break;
      default:
        result.push_back(false);
    }
  }
  return result;
}

/// An F32 program that shows every value its steps read or write.
class ObservedNetwork {
 public:
  explicit ObservedNetwork(const nn::Network& network)
      : folded_(nn::fold_batch_norms(network)),
        program_(engine::lower(folded_.graph)),
        weights_(program_, folded_.weights, cpu_),
        sessions_(shown_, weights_, cpu_) {
    std::set<int> values(program_.inputs.begin(), program_.inputs.end());
    for (const engine::Step& step : program_.steps) {
      values.insert(step.inputs.begin(), step.inputs.end());
      values.insert(step.output);
    }
    shown_ = program_;
    shown_.outputs.assign(values.begin(), values.end());
  }

  /// By value of the program; empty where no step sees it.
  std::vector<Tensor> run(const Tensor& input) {
    std::vector<Tensor> values(program_.values.size());
    std::vector<Tensor> outputs = sessions_.run(input);
    for (std::size_t i = 0; i < outputs.size(); ++i)
      values[static_cast<std::size_t>(shown_.outputs[i])] = std::move(outputs[i]);
    return values;
  }

  const engine::Program& program() const { return program_; }
  const TensorMap& weights() const { return folded_.weights; }
  const dnnl::engine& cpu() const { return cpu_; }

 private:
  dnnl::engine cpu_{dnnl::engine::kind::cpu, 0};
  nn::Network folded_;
  engine::Program program_;
  engine::Program shown_;
  engine::WeightStore weights_;
  engine::SessionPool sessions_;
};

class Calibration {
 public:
  Calibration(const nn::Network& network, const InputStream& inputs, const QuantiseOptions& options,
              const RunContext& context)
      : network_(network), inputs_(inputs), options_(options), context_(context) {}

  nn::Quantisation run(std::vector<LayerNoise>* noise) {
    measure_ranges();
    measure_noise(noise);
    return std::move(result_);
  }

 private:
  const engine::Program& program() const { return network_.program(); }

  void measure_ranges() {
    std::vector<engine::MagnitudeHistogram> histograms(program().values.size());
    inputs_([&](const Tensor& input) {
      context_.check_cancelled("quantise");
      const std::vector<Tensor> values = network_.run(input);
      std::vector<char> finite(values.size(), 1);
      parallel_for(static_cast<std::int64_t>(values.size()), [&](std::int64_t v) {
        const auto i = static_cast<std::size_t>(v);
        if (!values[i].empty()) finite[i] = histograms[i].add(values[i].values<float>()) ? 1 : 0;
      });
      const auto bad = std::ranges::find(finite, 0);
      VIGIE_CHECK(bad == finite.end(), "quantise", "'{}' has values that are not finite on a calibration image",
                  program().node(static_cast<int>(bad - finite.begin())).name);
      ++batches_;
    });
    VIGIE_CHECK(batches_ > 0, "quantise", "there is no image to calibrate on; give at least one");
    const std::vector<bool> positive = never_negative(program().graph);
    for (const int input : program().inputs) add_range(input, histograms, positive);
    for (const engine::Step& step : program().steps) add_range(step.output, histograms, positive);
  }

  bool can_be_int8(const engine::Step& step) const {
    const nn::Node& node = program().node(step.node);
    return engine::multiplies_weights(node.op) &&
           engine::int8_pays(node, network_.weights().at(node.params[0]).shape());
  }

  void add_range(int value, const std::vector<engine::MagnitudeHistogram>& histograms,
                 const std::vector<bool>& positive) {
    const auto v = static_cast<std::size_t>(value);
    const bool negative = !positive[v];
    const double bound = bound_of(histograms[v], negative ? 127 : 255);
    result_.activations[program().node(value).name] = {bound > 0 ? bound : 1.0, negative};  // any bound holds zeros
  }

  double bound_of(const engine::MagnitudeHistogram& histogram, int levels) const {
    if (options_.range == "max") return histogram.largest();
    if (options_.range == "percentile") return histogram.percentile(options_.percentile);
    return histogram.least_error_bound(levels);
  }

  /// The error of a layer that reads the image enters every other layer.
  bool reads_the_image(const nn::Node& node) const {
    return std::ranges::find(program().inputs, node.inputs.front()) != program().inputs.end();
  }

  bool is_kept(const nn::Node& node, double sqnr_db) const {
    return sqnr_db < options_.min_sqnr_db || (options_.keep_first && reads_the_image(node));
  }

  void measure_noise(std::vector<LayerNoise>* noise) {
    const engine::CommonRanges ranges(program(), result_);
    std::vector<std::optional<engine::Format>> formats;
    for (const engine::Value& value : program().values) formats.push_back(ranges.format(value.node));
    std::list<engine::StepNoise> layers;
    for (std::size_t s = 0; s < program().steps.size(); ++s)
      if (can_be_int8(program().steps[s]))
        layers.emplace_back(program(), s, network_.weights(), formats, network_.cpu());
    Progress progress(context_, "quantise", batches_);
    inputs_([&](const Tensor& input) {
      const std::vector<Tensor> values = network_.run(input);
      for (engine::StepNoise& layer : layers) layer.add(values);
      progress.advance();
    });
    for (const engine::StepNoise& layer : layers) {
      if (is_kept(layer.node(), layer.sqnr_db())) result_.kept.push_back(layer.node().name);
      if (noise != nullptr) noise->push_back({layer.node().name, layer.sqnr_db()});
    }
  }

  ObservedNetwork network_;
  const InputStream& inputs_;
  QuantiseOptions options_;
  const RunContext& context_;
  std::int64_t batches_ = 0;
  nn::Quantisation result_;
};

}  // namespace

nn::Quantisation quantise(const nn::Network& network, const InputStream& inputs, const QuantiseOptions& options,
                          const RunContext& context, std::vector<LayerNoise>* noise) {
  OptionList list;
  QuantiseOptions checked;
  checked.describe(list);
  list.assign(json_from_options(options), "quantise");
  return Calibration(network, inputs, checked, context).run(noise);
}

}  // namespace vigie
