#include "vigie/detectors/efficientad.h"

#include <algorithm>

#include "vigie/core/log.h"
#include "vigie/core/threads.h"
#include "vigie/data/folder_walk.h"
#include "vigie/imaging/augment.h"
#include "vigie/learn/cached_features.h"
#include "vigie/learn/fingerprint.h"
#include "vigie/learn/initial_weights.h"
#include "vigie/learn/losses.h"
#include "vigie/learn/methods/methods.h"
#include "vigie/networks/efficientad.h"

namespace vigie::learn {

namespace {

constexpr const char* kName = "efficientad";
constexpr double kJitter = 0.2;          // of what the autoencoder sees: 0.8 … 1.2
constexpr double kGreyPenalty = 0.3;     // share of the penalty images
constexpr double kLeastVariance = 1e-3;  // of the channels' mean one
constexpr double kNormEpsilon = 1e-5;    // BatchNorm's

/// The teacher with its normalisation, and what it says about every image.
struct Teacher {
  nn::Network network;
  torch::Tensor features;  ///< [N C h w], on the CPU
};

/// The statistics over all images and places. A channel that hardly moves on good parts keeps a small say: divided by
/// its own deviation it would drown the others as soon as it does.
Teacher make_teacher(const MethodInputs& inputs) {
  const torch::NoGradGuard no_gradients;
  const nn::Network& backbone = inputs.request.backbone;
  torch::Tensor features = cached_features(backbone, inputs.request, inputs.context).at(0);
  const torch::Tensor mean = features.mean({0, 2, 3});
  torch::Tensor variance = features.var({0, 2, 3}, false);
  const double typical = variance.mean().item<double>();
  VIGIE_CHECK(typical > 0, kName, "the teacher's layer is the same at every place of every image");
  variance = variance.clamp_min(kLeastVariance * typical);
  features.sub_(mean.view({1, -1, 1, 1})).div_((variance + kNormEpsilon).sqrt().view({1, -1, 1, 1}));

  nn::Network network{normalised_teacher(backbone.graph), backbone.weights};
  network.weights["teacher_norm.weight"] = Tensor::full({mean.size(0)}, 1);
  network.weights["teacher_norm.bias"] = Tensor::zeros({mean.size(0)});
  network.weights["teacher_norm.running_mean"] = tensor_from_torch(mean);
  network.weights["teacher_norm.running_var"] = tensor_from_torch(variance);
  return {std::move(network), std::move(features)};
}

/// Empty without a folder; throws NotFound when there are no images in it.
std::vector<std::filesystem::path> penalty_files(const std::string& folder) {
  if (folder.empty()) {
    log_info("{}: no penalty_images, so the student is free to follow the teacher on what it never saw", kName);
    return {};
  }
  std::vector<std::filesystem::path> files = images_below(folder);
  if (files.empty()) fail(ErrorKind::NotFound, kName, "penalty_images: there are no images in '{}'", folder);
  return files;
}

/// Larger than the network's input on every side and cut to it; null for no files.
std::unique_ptr<TrainingImages> open_penalty_images(const MethodInputs& inputs,
                                                    const std::vector<std::filesystem::path>& files) {
  if (files.empty()) return nullptr;
  std::vector<Sample> samples;
  for (const auto& path : files) samples.push_back({.image = path});
  Preprocess preprocess = inputs.request.preprocess;
  preprocess.mode = "short_side";
  const std::int64_t longer = std::max(preprocess.height, preprocess.width);
  preprocess.resize_to = std::max(longer, std::min<std::int64_t>(2 * longer, 4096));
  return std::make_unique<TrainingImages>(samples, preprocess, inputs.request.reading, std::size_t{1} << 29);
}

/// Brightness, contrast or saturation, one of them, times 0.8 … 1.2.
Tensor changed(const Tensor& image, Random& random) {
  constexpr ColourRange kChoices[] = {{.brightness = kJitter}, {.contrast = kJitter}, {.saturation = kJitter}};
  const ColourRange& range = kChoices[random.below(std::size(kChoices))];
  return colour_jitter(image, range, random);
}

torch::Tensor mean_square(const torch::Tensor& difference) {
  return difference.square().mean();
}

class EfficientAd : public Method {
 public:
  EfficientAd(const MethodInputs& inputs, const EfficientAdOptions& options)
      : inputs_(inputs),
        options_(options),
        grid_(teacher_grid(inputs.request.backbone.graph, inputs.request.preprocess.height,
                           inputs.request.preprocess.width)),
        penalty_files_(penalty_files(options.penalty_images)),
        penalty_(open_penalty_images(inputs, penalty_files_)) {
    const std::uint64_t seed = inputs.request.seed;
    Teacher teacher = make_teacher(inputs);
    teacher_features_ = std::move(teacher.features);
    teacher_ = std::make_unique<GraphModule>(std::move(teacher.network), inputs.device,
                                             [](const std::string&) { return false; });
    teacher_->set_training(false);
    teacher_->set_mixed_precision(options.training.number_format == "bf16");
    const PdnSpec pdn{.size = options.student, .width = options.student_width};
    student_ = std::make_unique<GraphModule>(
        fresh_network(efficientad_student(grid_, pdn), seed, "student", Initial::Uniform), inputs.device);
    autoencoder_ = std::make_unique<GraphModule>(
        fresh_network(efficientad_autoencoder(grid_), seed, "autoencoder", Initial::Uniform), inputs.device);
  }

  std::vector<std::pair<std::string, GraphModule*>> networks() override {
    return {{"student", student_.get()}, {"autoencoder", autoencoder_.get()}};
  }

  std::vector<OptimiserSpec> optimisers() override {
    OptimiserSpec spec{.kind = OptimiserSpec::Kind::Adam,
                       .parameters = student_->parameters(),
                       .learning_rate = options_.training.learning_rate,
                       .weight_decay = options_.training.weight_decay};
    for (const torch::Tensor& parameter : autoencoder_->parameters()) spec.parameters.push_back(parameter);
    return {spec};
  }

  /// inputs[0]: the images; in training also [1]: the same with other colours, and [2]: as many penalty images, where
  /// there are any. [B 3 H W] each.
  Batch make_batch(const std::vector<std::int64_t>& images, std::uint64_t seed, bool training) const override {
    const std::size_t count = images.size();
    std::vector<Tensor> plain(count), recoloured(count), others(count);
    parallel_for(static_cast<std::int64_t>(count), [&](std::int64_t index) {
      const auto i = static_cast<std::size_t>(index);
      Random random(derive_seed(seed, fmt::format("image {}", i)));
      plain[i] = inputs_.images.image(images[i]);
      if (!training) return;
      recoloured[i] = changed(plain[i], random);
      if (penalty_) others[i] = penalty_image(random);
    });
    Batch batch{images, {input_of(plain)}};
    if (training) batch.inputs.push_back(input_of(recoloured));
    if (training && penalty_) batch.inputs.push_back(input_of(others));
    return batch;
  }

  void step(const Batch& batch, Step& step) override {
    const auto count = static_cast<std::int64_t>(batch.images.size());
    // The student has no batch norms: one pass over all its inputs is that over each of them.
    const std::vector<torch::Tensor> student = student_->forward(torch::cat(batch.inputs));
    const torch::Tensor difference = said_by_teacher(batch) - student[0].slice(0, 0, count);
    const torch::Tensor hard = mean_of_largest(difference.square(), options_.hard_quantile);

    const torch::Tensor& recoloured = batch.inputs[1];
    const torch::Tensor coded = (*autoencoder_)(recoloured);
    const torch::Tensor autoencoder = mean_square((*teacher_)(recoloured)-coded);
    const torch::Tensor follows = mean_square(coded - student[1].slice(0, count, 2 * count));
    torch::Tensor total = hard + autoencoder + follows;
    step.record(hard, "student");
    step.record(autoencoder, "autoencoder");
    step.record(follows, "student_autoencoder");
    if (penalty_) {
      const torch::Tensor penalty = mean_square(student[0].slice(0, 2 * count, 3 * count));
      step.record(penalty, "penalty");
      total = total + penalty;
    }
    step.minimise({0}, total, "total");
  }

  /// How far student and autoencoder are from the teacher on good parts they did not see. How far they are from each
  /// other is left out: that is 0 while neither knows anything.
  double validation_loss(const Batch& batch) override {
    const torch::Tensor teacher = said_by_teacher(batch);
    const torch::Tensor student = student_->forward(batch.inputs[0]).at(0);
    return (mean_square(teacher - student) + mean_square(teacher - (*autoencoder_)(batch.inputs[0]))).item<double>();
  }

  std::uint64_t other_inputs() const override { return rough_fingerprint(penalty_files_); }

  nn::Network served() override {
    nn::Network all{efficientad_graph(teacher_->graph(), student_->graph(), autoencoder_->graph()), {}};
    for (const GraphModule* part : {teacher_.get(), student_.get(), autoencoder_.get()})
      all.weights.merge(part->network().weights);
    return all;
  }

 private:
  torch::Tensor input_of(const std::vector<Tensor>& images) const {
    return torch_from_tensor(inputs_.images.normalised(images)).to(inputs_.device);
  }

  torch::Tensor said_by_teacher(const Batch& batch) const {
    return rows_of(teacher_features_, batch.images, inputs_.device);
  }

  Tensor penalty_image(Random& random) const {
    const auto index = random.below(static_cast<std::uint64_t>(penalty_->count()));
    const Tensor image = penalty_->image(static_cast<std::int64_t>(index));
    return random.uniform() < kGreyPenalty ? without_colour(image) : image;
  }

  MethodInputs inputs_;
  EfficientAdOptions options_;
  TeacherGrid grid_;
  std::vector<std::filesystem::path> penalty_files_;
  std::unique_ptr<TrainingImages> penalty_;
  torch::Tensor teacher_features_;  ///< normalised, [N C h w], on the CPU
  std::unique_ptr<GraphModule> teacher_, student_, autoencoder_;
};

}  // namespace

std::unique_ptr<Method> make_efficientad_training(const MethodInputs& inputs) {
  return std::make_unique<EfficientAd>(inputs, options_from_json<EfficientAdOptions>(inputs.request.options, kName));
}

}  // namespace vigie::learn
