#include "vigie/learn/distillation.h"

#include <algorithm>

#include "vigie/core/random.h"
#include "vigie/engine/engine.h"
#include "vigie/learn/fingerprint.h"
#include "vigie/learn/initial_weights.h"
#include "vigie/learn/loop.h"
#include "vigie/learn/metric_fit.h"
#include "vigie/learn/photo_crops.h"
#include "vigie/networks/student_metric.h"
#include "vigie/nn/builder.h"
#include "vigie/nn/compose.h"

namespace vigie::learn {

namespace {

constexpr const char* kName = "distill";
constexpr std::int64_t kScaleBatches = 8;  // for the teacher's means and deviations
constexpr std::int64_t kMetricBatches = 64;

/// What is taken from each channel of one teacher layer, and what the rest is multiplied by: [1 C 1 1].
struct ChannelScale {
  torch::Tensor mean, factor;
};

/// The student with a 1x1 convolution "head.<layer>" on each output, whose results the graph gives instead.
nn::Graph with_heads(const nn::Graph& student, const nn::Network& teacher, const Shape& input) {
  const std::vector<Shape> teacher_shapes = nn::infer_shapes(teacher.graph, input);
  const std::vector<Shape> student_shapes = nn::infer_shapes(student, input);
  nn::Graph graph = student;
  std::vector<std::string> heads;
  for (const nn::Output& output : teacher.graph.outputs) {
    const auto own = std::ranges::find(student.outputs, output.name, &nn::Output::name);
    VIGIE_CHECK(own != student.outputs.end(), kName, "the student has no layer '{}'", output.name);
    const Shape& wanted = teacher_shapes[static_cast<std::size_t>(output.node)];
    const Shape& given = student_shapes[static_cast<std::size_t>(own->node)];
    VIGIE_CHECK(wanted[1] == given[1] && wanted[2] == given[2], kName,
                "'{}' is {} in the student and {} in the teacher", output.name, to_string(given), to_string(wanted));
    nn::GraphBuilder head;
    heads.push_back("head." + output.name);
    head.output(heads.back(),
                head.conv(heads.back(), head.input(given[3]), {.out = wanted[3], .kernel = 1, .bias = true}));
    graph = nn::attach(graph, output.name, head.build());
  }
  return nn::select_outputs(graph, heads);
}

/// The graph's parameters among `weights`, which may hold others too.
TensorMap chosen(const nn::Graph& graph, const TensorMap& weights) {
  TensorMap out;
  for (const auto& [name, shape] : nn::parameter_shapes(graph)) {
    const auto found = weights.find(name);
    if (found == weights.end() || found->second.shape() != shape)
      fail(ErrorKind::BadFile, kName, "the weights to start from lack '{}' {}", name, to_string(shape));
    out[name] = found->second;
  }
  return out;
}

/// The student with its heads: random, its trunk as taught before where there is something to start from.
nn::Network first_student(const DistillRequest& request) {
  nn::Graph graph = with_heads(request.student, request.teacher, {1, request.options.crop, request.options.crop, 3});
  TensorMap weights = initial_weights(graph, derive_seed(request.seed, "student"), Initial::He);
  if (!request.start.empty())
    for (const auto& [name, weight] : chosen(request.student, request.start)) weights[name] = weight;
  return {std::move(graph), std::move(weights)};
}

class Distillation : public Method {
 public:
  Distillation(const DistillRequest& request, const PhotoCrops& photos, const Engine& teacher,
               const RunContext& context)
      : request_(request), photos_(photos), teacher_(teacher), student_(first_student(request), training_device()) {
    measure_teacher(context);
  }

  std::vector<std::pair<std::string, GraphModule*>> networks() override { return {{"student", &student_}}; }

  std::vector<OptimiserSpec> optimisers() override {
    return {{.kind = OptimiserSpec::Kind::AdamW,
             .parameters = student_.parameters(),
             .learning_rate = request_.options.training.learning_rate,
             .weight_decay = request_.options.training.weight_decay}};
  }

  Batch make_batch(const std::vector<std::int64_t>& images, std::uint64_t seed, bool) const override {
    return {images, {torch_from_tensor(photos_.crops(images, seed)).to(student_.device())}};
  }

  void step(const Batch& batch, Step& step) override { step.minimise(0, loss(batch), "distance"); }

  double validation_loss(const Batch& batch) override { return loss(batch).item<double>(); }

  /// Without the heads.
  nn::Network served() override { return {request_.student, chosen(request_.student, student_.network().weights)}; }

 private:
  std::vector<torch::Tensor> teach(const torch::Tensor& input) const {
    std::vector<torch::Tensor> layers;
    for (const Tensor& layer : teacher_.run(tensor_from_torch(input)))
      layers.push_back(torch_from_tensor(layer).to(student_.device()));
    return layers;
  }

  void measure_teacher(const RunContext& context) {
    std::vector<torch::Tensor> sums, squares;
    for (std::int64_t batch = 0; batch < kScaleBatches; ++batch) {
      context.check_cancelled(kName);
      const auto layers = teach(torch_from_tensor(photos_.sample(request_.seed, "scale", batch)));
      sums.resize(layers.size());
      squares.resize(layers.size());
      for (std::size_t i = 0; i < layers.size(); ++i) {
        const torch::Tensor mean = layers[i].mean({0, 2, 3}, true), square = layers[i].square().mean({0, 2, 3}, true);
        sums[i] = batch == 0 ? mean : sums[i] + mean;
        squares[i] = batch == 0 ? square : squares[i] + square;
      }
    }
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const torch::Tensor mean = sums[i] / kScaleBatches;
      scales_.push_back({mean, factor_of((squares[i] / kScaleBatches - mean.square()).clamp_min(1e-8))});
    }
  }

  /// Whatever the channels' weights are, the mean of what a student that knows nothing misses is 1.
  torch::Tensor factor_of(const torch::Tensor& variance) const {
    const torch::Tensor factor = variance.pow(-request_.options.equalise / 2);
    return factor / (factor.square() * variance).mean().sqrt();
  }

  torch::Tensor loss(const Batch& batch) {
    const std::vector<torch::Tensor> wanted = teach(batch.inputs[0]);
    const std::vector<torch::Tensor> seen = student_.forward(batch.inputs[0]);
    torch::Tensor sum = torch::zeros({}, student_.device());
    for (std::size_t i = 0; i < seen.size(); ++i)
      sum = sum + (seen[i] - (wanted[i] - scales_[i].mean) * scales_[i].factor).square().mean();
    return sum / static_cast<double>(seen.size());
  }

  const DistillRequest& request_;
  const PhotoCrops& photos_;
  const Engine& teacher_;
  GraphModule student_;
  std::vector<ChannelScale> scales_;
};

/// `trunk` with the convolutions behind its outputs in which distances are the teacher's.
nn::Network with_found_metric(const nn::Network& trunk, const Engine& teacher, const PhotoCrops& photos,
                              std::uint64_t seed) {
  const Engine student(trunk);
  std::vector<MetricFit> fits(trunk.graph.outputs.size());
  for (std::int64_t batch = 0; batch < kMetricBatches; ++batch) {
    const Tensor input = photos.sample(seed, "metric", batch);
    const std::vector<Tensor> seen = student.run(input), wanted = teacher.run(input);
    for (std::size_t i = 0; i < fits.size(); ++i) fits[i].add(seen[i], wanted[i]);
  }
  nn::Network network{with_metric(trunk.graph), trunk.weights};
  for (std::size_t i = 0; i < fits.size(); ++i)
    network.weights["metric." + trunk.graph.outputs[i].name + ".weight"] = fits[i].weight();
  return network;
}

LoopSetup setup_of(const DistillRequest& request) {
  const std::string run = fmt::format(
      "method distill\noptions {}\nseed {}\nphotographs {} {:016x}\nteacher {:016x}\nstudent {:016x}\nstart {:016x}\n",
      json_from_options(request.options).dump(), request.seed, request.photos.size(), fingerprint(request.photos),
      fingerprint(request.teacher), fingerprint(nn::Network{request.student, {}}), fingerprint(request.start));
  return {.name = kName,
          .images = static_cast<std::int64_t>(request.photos.size()),
          .options = request.options.training,
          .seed = request.seed,
          .run = run,
          .checkpoint = request.checkpoint,
          .checkpoint_seconds = request.checkpoint_seconds,
          .resume = request.resume,
          .log = request.log};
}

}  // namespace

TrainingResult distill(const DistillRequest& request, const RunContext& context) {
  VIGIE_CHECK(request.photos.size() >= 32, kName, "{} photographs; at least 32 are needed", request.photos.size());
  const LoopSetup setup = setup_of(request);
  check_setup(setup);
  const PhotoCrops photos(request.photos, request.options, context);
  const Engine teacher(request.teacher, {runnable(Precision::BF16), {}});
  Distillation method(request, photos, teacher, context);
  if (request.log != nullptr) request.log->params(json_from_options(request.options));
  LoopResult result = train(method, setup, context);
  return {with_found_metric(method.served(), teacher, photos, request.seed), std::move(result.history),
          result.earlier_seconds};
}

}  // namespace vigie::learn
