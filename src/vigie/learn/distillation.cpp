#include "vigie/learn/distillation.h"

#include <algorithm>

#include "vigie/core/random.h"
#include "vigie/engine/engine.h"
#include "vigie/learn/checkpoint.h"
#include "vigie/learn/fingerprint.h"
#include "vigie/learn/initial_weights.h"
#include "vigie/learn/linear_fit.h"
#include "vigie/learn/loop.h"
#include "vigie/learn/photo_crops.h"
#include "vigie/networks/student_metric.h"
#include "vigie/nn/builder.h"
#include "vigie/nn/compose.h"

namespace vigie::learn {

namespace {

constexpr const char* kName = "distill";
constexpr std::int64_t kScaleBatches = 8;  // for the teacher's means and deviations
constexpr std::int64_t kFitBatches = 64;

/// What is taken from each channel of one teacher layer, and what the rest is multiplied by: [1 C 1 1].
struct ChannelScale {
  torch::Tensor mean, factor;
};

std::vector<std::string> names_of(const std::vector<nn::Output>& outputs) {
  std::vector<std::string> names;
  for (const nn::Output& output : outputs) names.push_back(output.name);
  return names;
}

/// Its layers are the student's, in the student's order.
nn::Network matching_teacher(const DistillRequest& request) {
  return nn::network_of(nn::select_outputs(request.teacher.graph, names_of(request.student.outputs)),
                        request.teacher.weights);
}

/// The student with a 1x1 convolution "head.<layer>" on each output, whose results the graph gives instead.
nn::Graph with_heads(const nn::Graph& student, const nn::Graph& teacher, const Shape& input) {
  const std::vector<Shape> teacher_shapes = nn::infer_shapes(teacher, input);
  const std::vector<Shape> student_shapes = nn::infer_shapes(student, input);
  nn::Graph graph = student;
  std::vector<std::string> heads;
  for (std::size_t i = 0; i < student.outputs.size(); ++i) {
    const std::string& name = student.outputs[i].name;
    const Shape& wanted = teacher_shapes[static_cast<std::size_t>(teacher.outputs[i].node)];
    const Shape& given = student_shapes[static_cast<std::size_t>(student.outputs[i].node)];
    VIGIE_CHECK(wanted[1] == given[1] && wanted[2] == given[2], kName,
                "'{}' is {} in the student and {} in the teacher", name, to_string(given), to_string(wanted));
    nn::GraphBuilder head;
    heads.push_back("head." + name);
    head.output(heads.back(),
                head.conv(heads.back(), head.input(given[3]), {.out = wanted[3], .kernel = 1, .bias = true}));
    graph = nn::attach(graph, name, head.build());
  }
  return nn::select_outputs(graph, heads);
}

/// How each layer of the trunk predicts the teacher's.
std::vector<LinearFit> fit_layers(const nn::Network& trunk, const Engine& teacher, const PhotoCrops& photos,
                                  std::uint64_t seed, const RunContext& context) {
  const Engine student(trunk);
  std::vector<LinearFit> fits(trunk.graph.outputs.size());
  for (std::int64_t batch = 0; batch < kFitBatches; ++batch) {
    context.check_cancelled(kName);
    const Tensor input = photos.sample(seed, "metric", batch);
    const std::vector<Tensor> seen = student.run(input), wanted = teacher.run(input);
    for (std::size_t i = 0; i < fits.size(); ++i) fits[i].add(seen[i], wanted[i]);
  }
  return fits;
}

class Distillation : public Method {
 public:
  Distillation(const DistillRequest& request, const PhotoCrops& photos, const Engine& teacher,
               const RunContext& context)
      : request_(request),
        photos_(photos),
        teacher_(teacher),
        scales_(measure_teacher(context)),
        student_(first_student(context), training_device()) {}

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

  void step(const Batch& batch, Step& step) override { step.minimise({0}, loss(batch), "distance"); }

  double validation_loss(const Batch& batch) override { return loss(batch).item<double>(); }

  /// Without the heads.
  nn::Network served() override { return nn::network_of(request_.student, student_.network().weights); }

 private:
  std::vector<torch::Tensor> teach(const torch::Tensor& input) const {
    std::vector<torch::Tensor> layers;
    for (const Tensor& layer : teacher_.run(tensor_from_torch(input)))
      layers.push_back(torch_from_tensor(layer).to(training_device()));
    return layers;
  }

  std::vector<ChannelScale> measure_teacher(const RunContext& context) const {
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
    std::vector<ChannelScale> scales;
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const torch::Tensor mean = sums[i] / kScaleBatches;
      scales.push_back({mean, factor_of((squares[i] / kScaleBatches - mean.square()).clamp_min(1e-8))});
    }
    return scales;
  }

  /// The student with its heads: random, or the trunk as taught before with heads that predict the teacher from it as
  /// well as they can. Heads that know nothing would shake the trunk.
  nn::Network first_student(const RunContext& context) const {
    const std::int64_t side = request_.options.crop;
    nn::Graph graph = with_heads(request_.student, teacher_.graph(), {1, side, side, 3});
    TensorMap weights = initial_weights(graph, derive_seed(request_.seed, "student"), Initial::He);
    if (!request_.start.empty()) {
      const nn::Network trunk = nn::network_of(request_.student, request_.start);
      for (const auto& [name, weight] : trunk.weights) weights[name] = weight;
      const std::vector<LinearFit> fits = fit_layers(trunk, teacher_, photos_, request_.seed, context);
      for (std::size_t i = 0; i < fits.size(); ++i)
        begin_head(weights, trunk.graph.outputs[i].name, fits[i], scales_[i]);
    }
    return {std::move(graph), std::move(weights)};
  }

  static void begin_head(TensorMap& weights, const std::string& layer, const LinearFit& fit,
                         const ChannelScale& scale) {
    const torch::Tensor mean = scale.mean.flatten().cpu(), factor = scale.factor.flatten().cpu();
    Tensor& weight = weights.at("head." + layer + ".weight");
    const LinearFit::Prediction teacher = fit.prediction();
    weight = tensor_from_torch(teacher.weight * factor.unsqueeze(1)).reshaped(weight.shape());
    weights.at("head." + layer + ".bias") = tensor_from_torch((teacher.bias - mean) * factor);
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
  std::vector<ChannelScale> scales_;
  GraphModule student_;
};

/// `trunk` with the convolutions behind its outputs in which distances are the teacher's.
nn::Network with_found_metric(const nn::Network& trunk, const std::vector<LinearFit>& fits) {
  nn::Network network{with_metric(trunk.graph), trunk.weights};
  for (std::size_t i = 0; i < fits.size(); ++i)
    network.weights["metric." + trunk.graph.outputs[i].name + ".weight"] = fits[i].metric();
  return network;
}

LoopSetup setup_of(const DistillRequest& request) {
  const std::string run = fmt::format(
      "method distill\n{}seed {}\nphotographs {} {:016x}\nteacher {:016x}\nstudent {:016x}\nstart {:016x}\n",
      lines_of("option", json_from_options(request.options)), request.seed, request.photos.size(),
      fingerprint(request.photos), fingerprint(request.teacher), fingerprint(nn::Network{request.student, {}}),
      nn::fingerprint(request.start));
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
  const Engine teacher(matching_teacher(request), {runnable(Precision::BF16), {}});
  Distillation method(request, photos, teacher, context);
  if (request.log != nullptr) request.log->params(json_from_options(request.options));
  LoopResult result = train(method, setup, context);
  const nn::Network trunk = method.served();
  return {with_found_metric(trunk, fit_layers(trunk, teacher, photos, request.seed, context)),
          std::move(result.history), result.earlier_seconds};
}

}  // namespace vigie::learn
