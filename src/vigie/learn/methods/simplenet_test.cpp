#include "vigie/detectors/simplenet.h"

#include <gtest/gtest.h>

#include "vigie/learn/methods/methods.h"
#include "vigie/learn/methods/small_request.h"
#include "vigie/learn/torch_trainer.h"
#include "vigie/nn/builder.h"

namespace vigie::learn {
namespace {

/// "layer2" of 8 channels on 8 x 10, "layer3" of 12 on 4 x 5 cells.
nn::Network two_layers() {
  nn::GraphBuilder b;
  const nn::Ref first = b.relu(b.conv("layer2.conv", b.input(3), {.out = 8, .stride = 4}));
  b.output("layer2", first);
  b.output("layer3", b.relu(b.conv("layer3.conv", first, {.out = 12, .stride = 2})));
  nn::Network network{b.build(), {}};
  network.weights = initial_weights(network.graph, 9, Initial::He);
  return network;
}

class SimplenetTraining : public SmallRequest {
 protected:
  SimplenetTraining() : SmallRequest("simplenet") {
    request_.options = json_from_options(SimplenetOptions{});
    request_.options.update(
        {{"hidden", 32}, {"steps", 60}, {"noise", 1.0}, {"learning_rate", 5e-3}, {"adaptor_learning_rate", 1e-3}});
    request_.backbone = two_layers();
  }
};

TEST_F(SimplenetTraining, LearnsToTellNoiseAndServesTheDiscriminator) {
  const TrainingResult result = torch_trainer().train(request_, {});
  const auto& losses = result.history.losses.at("truncated_l1");
  EXPECT_LT(losses.back().value, 0.8 * losses.front().value);
  EXPECT_FALSE(result.history.losses.contains("validation"));
  ASSERT_EQ(result.network.graph.outputs.size(), 1u);
  const Tensor input = images_->batch({0, 1, 2});
  const Tensor served = Engine(result.network).run(input).at(0);
  EXPECT_EQ(served.shape(), (Shape{3, 8, 10, 1}));
  GraphModule module(result.network, torch::kCPU);
  module.set_training(false);
  const Tensor trained = tensor_from_torch(module(torch_from_tensor(input)).detach());
  for (std::int64_t i = 0; i < served.count(); ++i)
    ASSERT_NEAR(std::as_const(served).data<float>()[i], std::as_const(trained).data<float>()[i], 1e-3);
}

/// Keeps the gradients that a step would follow.
class GradientStep : public Step {
 public:
  explicit GradientStep(std::vector<OptimiserSpec> optimisers) : optimisers_(std::move(optimisers)) {}
  void minimise(const std::vector<std::size_t>& optimisers, const torch::Tensor& loss, const std::string&) override {
    moved = optimisers;
    losses.push_back(loss.item<double>());
    std::vector<torch::Tensor> parameters;
    for (const std::size_t i : optimisers)
      for (const torch::Tensor& parameter : optimisers_[i].parameters) parameters.push_back(parameter);
    gradients = torch::autograd::grad({loss}, parameters);
  }
  void record(const torch::Tensor&, const std::string&) override {}
  std::int64_t number() const override { return 0; }
  std::int64_t total() const override { return 1; }

  std::vector<std::size_t> moved;
  std::vector<double> losses;
  std::vector<torch::Tensor> gradients;

 private:
  std::vector<OptimiserSpec> optimisers_;
};

TEST_F(SimplenetTraining, BothNetworksFollowTheGradientOfTheOneLossEachAtItsRate) {
  const auto method = make();
  const Batch batch = method->make_batch({1, 4}, 0, true);
  const auto optimisers = method->optimisers();
  GradientStep step(optimisers);
  torch::manual_seed(1);
  method->step(batch, step);
  ASSERT_EQ(step.losses.size(), 1u);
  EXPECT_EQ(step.moved, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(optimisers[0].learning_rate, 1e-3) << "the adaptor";
  EXPECT_EQ(optimisers[1].learning_rate, 5e-3) << "the discriminator";

  const auto networks = method->networks();
  torch::manual_seed(1);
  const torch::Tensor adapted = (*networks[0].second)(batch.inputs[0]);
  const torch::Tensor noisy = adapted + torch::randn_like(adapted);
  const auto outputs = (*networks[1].second)(torch::cat({adapted, noisy})).chunk(2);
  const torch::Tensor loss = torch::relu(0.5 - outputs[0]).mean() + torch::relu(0.5 + outputs[1]).mean();
  EXPECT_NEAR(loss.item<double>(), step.losses[0], 1e-5);
  std::vector<torch::Tensor> parameters = networks[0].second->parameters();
  for (const torch::Tensor& parameter : networks[1].second->parameters()) parameters.push_back(parameter);
  const std::vector<torch::Tensor> whole = torch::autograd::grad({loss}, parameters);
  ASSERT_EQ(whole.size(), step.gradients.size());
  for (std::size_t i = 0; i < whole.size(); ++i)
    EXPECT_TRUE(torch::allclose(whole[i], step.gradients[i], 1e-3, 1e-6)) << i;
}

TEST_F(SimplenetTraining, HasNothingToValidateBySoItLearnsFromAllImages) {
  request_.options["steps"] = 2;
  const TrainingHistory history = torch_trainer().train(request_, {}).history;
  EXPECT_EQ(history.images, 12);
  EXPECT_EQ(history.validation, 0);
}

}  // namespace
}  // namespace vigie::learn
