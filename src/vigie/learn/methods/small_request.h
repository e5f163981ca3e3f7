#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "vigie/core/log.h"
#include "vigie/data/test_folder.h"
#include "vigie/engine/engine.h"
#include "vigie/learn/initial_weights.h"
#include "vigie/learn/method.h"
#include "vigie/nn/builder.h"

namespace vigie::learn {

/// A folder of 12 small images of noise and a request to learn from them; for tests of methods.
class SmallRequest : public TestFolder {
 protected:
  explicit SmallRequest(const std::string& method) {
    set_log_level(LogLevel::Quiet);
    request_.method = method;
    request_.preprocess.height = 32;
    request_.preprocess.width = 40;
    request_.seed = 3;
    for (int i = 0; i < 12; ++i) {
      const std::string name = fmt::format("{:02}.png", i);
      draw(name, static_cast<std::uint64_t>(i), 3, 24);
      request_.samples.push_back({.image = folder_ / name, .label = kGood});
    }
    images_ = std::make_unique<TrainingImages>(request_.samples, request_.preprocess, request_.reading);
  }

  std::unique_ptr<Method> make() const {
    const auto info = std::ranges::find(methods(), request_.method, &MethodInfo::name);
    return info->make({request_, *images_, torch::Device(torch::kCPU), context_});
  }

  /// Two stages and "pool" [B 1 1 12], with batch norms and seeded weights.
  static nn::Network small_backbone() {
    nn::GraphBuilder b;
    const auto stage = [&](const std::string& name, nn::Ref x, std::int64_t out) {
      return b.relu(b.batch_norm(name + ".norm", b.conv(name, x, {.out = out, .stride = 2})));
    };
    const nn::Ref first = stage("layer1.0.conv1", stage("conv1", b.input(3), 8), 8);
    b.output("pool", b.unary(nn::Op::GlobalAvgPool, stage("layer2.0.conv1", first, 12)));
    nn::Network network{b.build(), {}};
    network.weights = initial_weights(network.graph, 9, Initial::He);
    return network;
  }
  nn::Network folded() const { return nn::fold_batch_norms(request_.backbone); }

  static float first_weight(const nn::Network& network, const std::string& name) {
    return std::as_const(network.weights.at(name)).values<float>()[0];
  }

  /// The engine runs it, and gives what the trained weights give through libtorch.
  void expect_serves_embedding(const nn::Network& network, std::int64_t channels) const {
    ASSERT_EQ(network.graph.outputs.size(), 1u);
    EXPECT_EQ(network.graph.outputs[0].name, "embedding");
    const Tensor input = images_->batch({0, 1, 2});
    const Tensor served = Engine(network).run(input).at(0);
    EXPECT_EQ(served.shape(), (Shape{3, 1, 1, channels}));
    GraphModule module(network, torch::kCPU);
    module.set_training(false);
    const Tensor trained = tensor_from_torch(module(torch_from_tensor(input)));
    for (std::int64_t i = 0; i < served.count(); ++i)
      EXPECT_NEAR(std::as_const(served).data<float>()[i], std::as_const(trained).data<float>()[i], 1e-4);
  }

  TrainingRequest request_;
  std::unique_ptr<TrainingImages> images_;
  RunContext context_;
};

}  // namespace vigie::learn
