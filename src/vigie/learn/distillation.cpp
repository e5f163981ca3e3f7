#include "vigie/learn/distillation.h"

#include <algorithm>

#include "vigie/core/random.h"
#include "vigie/core/threads.h"
#include "vigie/engine/engine.h"
#include "vigie/imaging/augment.h"
#include "vigie/imaging/colour.h"
#include "vigie/io/image.h"
#include "vigie/learn/initial_weights.h"
#include "vigie/learn/loop.h"
#include "vigie/learn/metric_fit.h"
#include "vigie/networks/student_metric.h"
#include "vigie/nn/builder.h"
#include "vigie/nn/compose.h"

namespace vigie::learn {

namespace {

constexpr const char* kName = "distill";
constexpr std::int64_t kSampleCrops = 32;  // per batch of measuring
constexpr std::int64_t kScaleBatches = 8;  // for the teacher's means and deviations
constexpr std::int64_t kMetricBatches = 64;

/// Mean and reciprocal deviation of each channel of one teacher layer, [1 C 1 1].
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

class Distillation : public Method {
 public:
  Distillation(const DistillRequest& request, const RunContext& context)
      : request_(request),
        teacher_(request.teacher, {runnable(Precision::BF16), {}}),
        graph_(with_heads(request.student, request.teacher, {1, request.options.crop, request.options.crop, 3})),
        student_({graph_, initial_weights(graph_, derive_seed(request.seed, "student"), Initial::He)},
                 training_device()) {
    read_photos(context);
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
    return {images, {torch_from_tensor(crops(images, seed)).to(student_.device())}};
  }

  void step(const Batch& batch, Step& step) override { step.minimise(0, loss(batch), "distance"); }

  std::optional<double> validation_loss(const Batch& batch) override { return loss(batch).item<double>(); }

  nn::Network served() override {
    nn::Network network{with_metric(request_.student), {}};
    nn::Network trunk{request_.student, {}};
    const TensorMap taught = request_.start.empty() ? student_.network().weights : request_.start;
    for (const auto& [name, shape] : nn::parameter_shapes(request_.student)) {
      const auto found = taught.find(name);
      if (found == taught.end()) fail(ErrorKind::BadFile, kName, "the student's weights lack '{}'", name);
      trunk.weights[name] = found->second;
    }
    network.weights = trunk.weights;
    for (auto& [name, weight] : metric_of(trunk)) network.weights["metric." + name + ".weight"] = std::move(weight);
    return network;
  }

 private:
  /// By layer.
  TensorMap metric_of(const nn::Network& trunk) const {
    const Engine student(trunk);
    std::vector<MetricFit> fits(trunk.graph.outputs.size());
    for (std::int64_t batch = 0; batch < kMetricBatches; ++batch) {
      const Tensor input = sample_crops("metric", batch);
      const std::vector<Tensor> seen = student.run(input), wanted = teacher_.run(input);
      for (std::size_t i = 0; i < fits.size(); ++i) fits[i].add(seen[i], wanted[i]);
    }
    TensorMap weights;
    for (std::size_t i = 0; i < fits.size(); ++i) weights[trunk.graph.outputs[i].name] = fits[i].weight();
    return weights;
  }

  // kSampleCrops crops of photographs in turn, always the same for the same purpose and batch.
  Tensor sample_crops(const char* purpose, std::int64_t batch) const {
    const auto count = static_cast<std::int64_t>(photos_.size());
    std::vector<std::int64_t> images;
    for (std::int64_t i = 0; i < kSampleCrops; ++i) images.push_back((batch * kSampleCrops + i) % count);
    return crops(images, derive_seed(request_.seed, fmt::format("{} {}", purpose, batch)));
  }

  void read_photos(const RunContext& context) {
    photos_.resize(request_.photos.size());
    Progress progress(context, "photographs", static_cast<std::int64_t>(photos_.size()));
    constexpr std::int64_t kAtOnce = 64;
    const auto count = static_cast<std::int64_t>(photos_.size());
    for (std::int64_t first = 0; first < count; first += kAtOnce) {
      const std::int64_t some = std::min(kAtOnce, count - first);
      parallel_for(some, [&](std::int64_t i) {
        const auto at = static_cast<std::size_t>(first + i);
        photos_[at] = to_rgb8(read_image(request_.photos[at]));
      });
      progress.advance(some);
    }
  }

  // One crop: any part, any size of it, any of eight ways round, other colours, sometimes none.
  Tensor crop(const Tensor& photo, Random& random) const {
    const DistillOptions& options = request_.options;
    Tensor part = random_resized_crop(photo, {.least_area = options.least_area}, options.crop, random);
    if (random.below(2) == 0) part = flip_horizontal(part);
    if (random.below(2) == 0) part = flip_vertical(part);
    if (random.uniform() < options.grey) part = without_colour(part);
    return colour_jitter(part, {.brightness = 0.3, .contrast = 0.3, .saturation = 0.3}, random);
  }

  Tensor crops(const std::vector<std::int64_t>& images, std::uint64_t seed) const {
    const std::int64_t side = request_.options.crop;
    const Preprocess scale;  // ImageNet's mean and deviation
    Tensor out({static_cast<std::int64_t>(images.size()), side, side, 3});
    parallel_for(out.dim(0), [&](std::int64_t b) {
      Random random(derive_seed(seed, fmt::format("crop {}", b)));
      const Tensor part = crop(photos_[static_cast<std::size_t>(images[static_cast<std::size_t>(b)])], random);
      const auto* in = part.data<std::uint8_t>();
      float* to = out.data<float>() + b * side * side * 3;
      for (std::int64_t i = 0; i < side * side * 3; ++i) {
        const auto c = static_cast<std::size_t>(i % 3);
        to[i] = (static_cast<float>(in[i]) / 255.0F - scale.mean[c]) / scale.std[c];
      }
    });
    return out;
  }

  std::vector<torch::Tensor> teach(const torch::Tensor& input) const {
    std::vector<torch::Tensor> layers;
    for (const Tensor& layer : teacher_.run(tensor_from_torch(input)))
      layers.push_back(torch_from_tensor(layer).to(student_.device()));
    return layers;
  }

  // So that every channel of the teacher counts alike.
  void measure_teacher(const RunContext& context) {
    std::vector<torch::Tensor> sums, squares;
    for (std::int64_t batch = 0; batch < kScaleBatches; ++batch) {
      context.check_cancelled(kName);
      const auto layers = teach(torch_from_tensor(sample_crops("scale", batch)));
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
      scales_.push_back({mean, 1 / (squares[i] / kScaleBatches - mean.square()).clamp_min(1e-8).sqrt()});
    }
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
  Engine teacher_;
  nn::Graph graph_;
  GraphModule student_;
  std::vector<Tensor> photos_;
  std::vector<ChannelScale> scales_;
};

}  // namespace

TrainingResult distill(const DistillRequest& request, const RunContext& context) {
  VIGIE_CHECK(request.photos.size() >= 32, kName, "{} photographs; at least 32 are needed", request.photos.size());
  Distillation method(request, context);
  const nlohmann::json options = json_from_options(request.options);
  const LoopSetup setup{.name = kName,
                        .images = static_cast<std::int64_t>(request.photos.size()),
                        .options = request.options.training,
                        .seed = request.seed,
                        .run = fmt::format("method distill\noptions {}\nseed {}\nphotographs {}\n", options.dump(),
                                           request.seed, request.photos.size()),
                        .checkpoint = request.checkpoint,
                        .checkpoint_seconds = request.checkpoint_seconds,
                        .resume = request.resume,
                        .log = request.log};
  if (request.log != nullptr) request.log->params(options);
  TrainingHistory history;
  if (request.start.empty()) history = train(method, setup, context);
  return {method.served(), std::move(history)};
}

}  // namespace vigie::learn
