// The trainings of autoencoder, vae, aae, ae_mahalanobis and ganomaly on a few small images.
#include "vigie/learn/methods/reconstruction.h"

#include <cmath>

#include "vigie/detectors/detector.h"
#include "vigie/learn/loop.h"
#include "vigie/learn/losses.h"
#include "vigie/learn/methods/small_request.h"

namespace vigie::learn {
namespace {

/// Moves as the real one does, with plain gradient descent, and remembers the losses.
class DescentStep : public Step {
 public:
  explicit DescentStep(Method& method, std::int64_t number = 0) : specs_(method.optimisers()), number_(number) {}
  void minimise(const std::vector<std::size_t>& optimisers, const torch::Tensor& loss,
                const std::string& name) override {
    std::vector<torch::Tensor> parameters;
    for (const std::size_t i : optimisers)
      for (const torch::Tensor& parameter : specs_.at(i).parameters) parameters.push_back(parameter);
    for (torch::Tensor& parameter : parameters) parameter.mutable_grad().reset();
    loss.backward();
    const torch::NoGradGuard guard;
    for (torch::Tensor& parameter : parameters) parameter -= 1e-3 * parameter.grad();
    record(loss, name);
  }
  void record(const torch::Tensor& value, const std::string& name) override { losses[name] = value.item<double>(); }
  std::int64_t number() const override { return number_; }
  std::int64_t total() const override { return 100; }

  std::map<std::string, double> losses;

 private:
  std::vector<OptimiserSpec> specs_;
  std::int64_t number_;
};

class PictureLog : public TrainingLog {
 public:
  void image(std::string_view, std::int64_t, const Tensor& rgb) override { picture = rgb; }
  Tensor picture;
};

class ReconstructionTraining : public SmallRequest {
 protected:
  ReconstructionTraining() : SmallRequest("autoencoder") {
    request_.preprocess.width = 64;
    request_.preprocess.mean = {0, 0, 0};
    request_.preprocess.std = {1, 1, 1};
    for (std::size_t i = 0; i < request_.samples.size(); ++i) draw_disc(request_.samples[i].image, i);
    images_ = std::make_unique<TrainingImages>(request_.samples, request_.preprocess, request_.reading);
  }

  /// A bright disc on a dark ground, moved a little from image to image: something that can be learnt.
  static void draw_disc(const std::filesystem::path& file, std::size_t number) {
    Tensor image({32, 64, 3}, DType::U8);
    const auto shift = static_cast<std::int64_t>(number % 4);
    for (std::int64_t i = 0; i < image.count(); ++i) {
      const std::int64_t y = i / 3 / 64 - 14 - shift, x = i / 3 % 64 - 32 + shift;
      image.data<std::uint8_t>()[i] = static_cast<std::uint8_t>(x * x + y * y < 64 ? 220 : 30 + 5 * (i % 3));
    }
    write_image(file, image);
  }

  std::unique_ptr<Method> make(const std::string& method, nlohmann::json options = nlohmann::json::object()) {
    options["latent"] = 8;
    options["width"] = 4;
    request_.method = method;
    request_.options = options;
    return SmallRequest::make();
  }

  std::map<std::string, double> losses_of(const std::string& method, const nlohmann::json& options,
                                          std::int64_t number = 0) {
    const auto training = make(method, options);
    torch::manual_seed(1);
    DescentStep step(*training, number);
    training->step(training->make_batch({0, 1, 2}, 1, true), step);
    return step.losses;
  }

  /// The engine runs what is served as libtorch does, and the detector takes what it gives.
  void expect_serves(const std::string& method, const nlohmann::json& options = nlohmann::json::object()) {
    const auto training = make(method, options);
    const nn::Network network = training->served();
    const auto detector = detector_info(method).create(request_.options);
    std::vector<std::string> names;
    for (const nn::Output& output : network.graph.outputs) names.push_back(output.name);
    EXPECT_EQ(names, detector->layers());
    EXPECT_EQ(network.weights.size(), nn::parameter_shapes(network.graph).size());
    const Tensor input = images_->batch({0, 1});
    const std::vector<Tensor> served = Engine(network).run(input);
    GraphModule module(network, torch::kCPU);
    module.set_training(false);
    const std::vector<torch::Tensor> trained = module.forward(torch_from_tensor(input));
    for (std::size_t i = 0; i < served.size(); ++i) {
      const Tensor expected = tensor_from_torch(trained[i]);
      ASSERT_EQ(served[i].shape(), expected.shape()) << method << " " << names[i];
      for (std::int64_t k = 0; k < expected.count(); ++k)
        ASSERT_NEAR(served[i].data<float>()[k], expected.data<float>()[k], 1e-4) << method << " " << names[i];
    }
  }
};

TEST_F(ReconstructionTraining, EveryMethodServesWhatItsDetectorWants) {
  for (const char* method : {"autoencoder", "vae", "aae", "ae_mahalanobis", "ganomaly"}) expect_serves(method);
  expect_serves("vae", {{"elbo_score", true}});
}

TEST_F(ReconstructionTraining, EveryMethodLearnsInTheLoop) {
  for (const char* method : {"autoencoder", "vae", "aae", "ae_mahalanobis", "ganomaly"}) {
    const auto training = make(method);
    LoopSetup setup;
    setup.name = method;
    setup.images = 12;
    setup.validated = std::string(method) != "ganomaly";
    setup.options = {.steps = 20, .batch_size = 4, .learning_rate = 2e-3};
    const TensorMap before = training->served().weights;
    const TrainingHistory history = train(*training, setup, context_).history;
    EXPECT_EQ(history.steps, 20);
    EXPECT_FALSE(std::ranges::equal(before.begin()->second.values<float>(),
                                    std::as_const(training->served().weights.begin()->second).values<float>()));
    if (std::string(method) == "ganomaly") continue;
    const auto& losses = history.losses.at("validation");
    EXPECT_LT(losses.back().value, losses.front().value) << method;
  }
}

TEST_F(ReconstructionTraining, TheLossIsTheSquaredErrorAndTheStructuralDifference) {
  const auto training = make("autoencoder", {{"ssim_weight", 0.5}});
  const Batch batch = training->make_batch({0, 1}, 1, false);
  const auto outputs = Engine(training->served()).run(images_->batch({0, 1}));
  const torch::Tensor reconstruction = torch_from_tensor(outputs[1]);
  const double expected = (reconstruction - batch.inputs[0]).square().mean().item<double>() +
                          0.5 * (1 - ssim(reconstruction, batch.inputs[0]).item<double>());
  const torch::NoGradGuard guard;
  EXPECT_NEAR(training->validation_loss(batch), expected, 1e-4);
}

TEST_F(ReconstructionTraining, BetaGrowsOverTheFirstTenthAndTheDivergenceIsPerValueOfTheImage) {
  const nlohmann::json options{{"beta", 3.0}};
  const auto first = losses_of("vae", options, 0), grown = losses_of("vae", options, 50);
  EXPECT_NEAR(first.at("loss"), first.at("reconstruction"), 1e-6);
  EXPECT_NEAR(grown.at("loss"), grown.at("reconstruction") + 3 * grown.at("kl"), 1e-5);
  const auto layers = Engine(make("vae", {{"elbo_score", true}})->served()).run(images_->batch({0, 1, 2}));
  const double sum = kl_from_standard_normal(torch_from_tensor(layers[2]), torch_from_tensor(layers[3])).item<double>();
  EXPECT_NEAR(first.at("kl"), sum / (32 * 64 * 3), 1e-5);
}

TEST_F(ReconstructionTraining, TheAdversarialLossesAreWeighted) {
  const auto aae = losses_of("aae", {{"adversarial_weight", 0.25}});
  EXPECT_NEAR(aae.at("loss"), aae.at("reconstruction") + 0.25 * aae.at("adversarial"), 1e-5);
  EXPECT_GT(aae.at("discriminator"), 0);
  const auto gan = losses_of("ganomaly", nlohmann::json::object());
  EXPECT_NEAR(gan.at("generator"), gan.at("adversarial") + 50 * gan.at("context") + gan.at("latent"), 1e-4);
  EXPECT_NEAR(gan.at("discriminator"), std::log(2.0), 0.2);  // it knows nothing yet
}

TEST_F(ReconstructionTraining, BatchesDependOnTheirSeedOnlyWhereViewsAreAskedFor) {
  const auto batch = [&](const nlohmann::json& options, std::uint64_t seed, bool training) {
    return make("autoencoder", options)->make_batch({3, 4, 5, 6}, seed, training).inputs.at(0);
  };
  const nlohmann::json turned{{"flips", true}, {"rotation", 10}};
  const torch::Tensor plain = batch(nlohmann::json::object(), 1, true);
  EXPECT_TRUE(plain.equal(batch(nlohmann::json::object(), 2, true)));
  EXPECT_TRUE(plain.equal(batch(turned, 1, false)));
  EXPECT_TRUE(batch(turned, 1, true).equal(batch(turned, 1, true)));
  EXPECT_FALSE(batch(turned, 1, true).equal(batch(turned, 2, true)));
  EXPECT_GE(plain.min().item<float>(), 0);
  EXPECT_LE(plain.max().item<float>(), 1);
}

TEST_F(ReconstructionTraining, ShowsImagesAboveTheirReconstructions) {
  const torch::NoGradGuard guard;
  for (const char* method : {"autoencoder", "vae", "aae", "ganomaly"}) {
    const auto training = make(method);
    PictureLog log;
    training->show(training->make_batch({0, 1, 2}, 1, false), 0, log);
    ASSERT_EQ(log.picture.shape(), (Shape{64, 3 * 64, 3})) << method;
    const Tensor first = images_->image(0);
    EXPECT_EQ(std::as_const(log.picture).data<std::uint8_t>()[0], first.data<std::uint8_t>()[0]);
  }
}

}  // namespace
}  // namespace vigie::learn
