#include "vigie/detectors/fastflow.h"

#include <gtest/gtest.h>

#include "vigie/learn/methods/methods.h"
#include "vigie/learn/methods/small_request.h"
#include "vigie/learn/torch_trainer.h"
#include "vigie/networks/flow.h"
#include "vigie/nn/builder.h"

namespace vigie::learn {
namespace {

/// Two layers, of 8 channels on 16 x 20 and 12 on 8 x 10 cells.
nn::Network two_layers() {
  nn::GraphBuilder b;
  const nn::Ref first = b.relu(b.conv("layer1.conv", b.input(3), {.out = 8, .stride = 2}));
  b.output("layer1", first);
  b.output("layer2", b.relu(b.conv("layer2.conv", first, {.out = 12, .stride = 2})));
  nn::Network network{b.build(), {}};
  network.weights = initial_weights(network.graph, 9, Initial::He);
  return network;
}

class FastflowTraining : public SmallRequest {
 protected:
  FastflowTraining() : SmallRequest("fastflow") {
    request_.options = json_from_options(FastflowOptions{});
    request_.options.update({{"layers", {"layer1", "layer2"}}, {"flow_steps", 3}, {"steps", 30}, {"batch_size", 4}});
    request_.backbone = two_layers();
  }
};

TEST_F(FastflowTraining, LearnsAndServesZOfEveryLayer) {
  const TrainingResult result = torch_trainer().train(request_, {});
  EXPECT_EQ(result.history.steps, 30);
  const auto& losses = result.history.losses.at("likelihood");
  EXPECT_LT(losses.back().value, losses.front().value - 0.05);
  EXPECT_TRUE(result.history.losses.contains("validation"));
  ASSERT_EQ(result.network.graph.outputs.size(), 2u);
  EXPECT_EQ(result.network.graph.outputs[1].name, "z.layer2");
  const Tensor input = images_->batch({0, 1, 2});
  const std::vector<Tensor> served = Engine(result.network).run(input);
  EXPECT_EQ(served[0].shape(), (Shape{3, 16, 20, 8}));
  EXPECT_EQ(served[1].shape(), (Shape{3, 8, 10, 12}));
  GraphModule module(result.network, torch::kCPU);
  const std::vector<torch::Tensor> trained = module.forward(torch_from_tensor(input));
  for (std::size_t i = 0; i < 2; ++i) {
    const Tensor z = tensor_from_torch(trained[i].detach());
    for (std::int64_t j = 0; j < z.count(); ++j)
      ASSERT_NEAR(std::as_const(served[i]).data<float>()[j], z.data<float>()[j], 1e-3);
  }
}

TEST_F(FastflowTraining, TheBackboneAndThePermutationsStay) {
  request_.options["steps"] = 5;
  const TensorMap before = make()->served().weights, after = torch_trainer().train(request_, {}).network.weights;
  ASSERT_EQ(before.size(), after.size());
  for (const auto& [name, weight] : before) {
    const bool fixed = is_permutation(name) || !name.starts_with("flow.");
    EXPECT_EQ(std::ranges::equal(weight.values<float>(), after.at(name).values<float>()), fixed) << name;
  }
}

TEST_F(FastflowTraining, BeginsAtTheLossOfNormalisedFeatures) {
  const auto method = make();
  for (auto& [name, network] : method->networks()) network->set_training(false);
  const torch::NoGradGuard no_gradients;
  EXPECT_NEAR(method->validation_loss(method->make_batch({0, 1}, 0, false)), 0.5, 1e-3);  // mean of z² / 2
}

TEST_F(FastflowTraining, RefusesALayerThatTheBackboneLacks) {
  request_.options["layers"] = {"layer1", "layer9"};
  EXPECT_THROW(make(), Error);
}

}  // namespace
}  // namespace vigie::learn
