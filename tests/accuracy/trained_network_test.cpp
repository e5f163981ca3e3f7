// Every network that is trained, on real images: what the engine serves is what libtorch trained. Training is cut to a
// few steps: agreement does not need a good network, only real weights and real images.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "vigie/data/image_batches.h"
#include "vigie/engine/engine.h"
#include "vigie/learn/graph_module.h"
#include "vigie/learn/torch_trainer.h"
#include "vigie/pipeline/fit.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNormals = 24;
constexpr double kTolerance = 1e-4;  // of the largest value

std::vector<std::string> trained_detectors() {
  std::vector<std::string> names;
  for (const DetectorInfo& info : detectors())
    if (info.training) names.push_back(info.name);
  return names;
}

class TrainedNetwork : public testing::TestWithParam<std::string> {};

TEST_P(TrainedNetwork, IsServedAsItWasTrained) {
  const char* shared = std::getenv("VIGIE_SHARED");
  if (shared == nullptr || !fs::exists(fs::path(shared) / "data" / "mvtec_ad" / "bottle"))
    GTEST_SKIP() << "VIGIE_SHARED names no folder with data/mvtec_ad/bottle";
  Dataset bottle = read_dataset(fs::path(shared) / "data" / "mvtec_ad" / "bottle");
  bottle.train.resize(kNormals);
  FitOptions options;
  options.detector = GetParam();
  options.detector_options = {{"steps", 4}, {"batch_size", 4}};
  options.backbone = "scout";
  options.image_size = 128;
  options.training.preset = "quick";
  options.training.trainer = &learn::torch_trainer();
  const Model model = fit_model(bottle, options, {}).model;

  Tensor input;
  for_each_batch({bottle.test.begin(), bottle.test.begin() + 4}, model.preprocess, {}, 4,
                 [&](const Tensor& images, std::int64_t) { input = images.clone(); });
  const std::vector<Tensor> served = Engine(model.network).run(input);
  learn::GraphModule module(model.network, torch::kCPU);
  module.set_training(false);
  const std::vector<torch::Tensor> trained = module.forward(learn::torch_from_tensor(input));
  ASSERT_EQ(served.size(), trained.size());
  for (std::size_t i = 0; i < served.size(); ++i) {
    const Tensor expected = learn::tensor_from_torch(trained[i].detach());
    ASSERT_EQ(served[i].shape(), expected.shape());
    double largest = 0, difference = 0;
    for (std::int64_t k = 0; k < expected.count(); ++k) {
      const double wanted = expected.data<float>()[k];
      largest = std::max(largest, std::abs(wanted));
      difference = std::max(difference, std::abs(wanted - served[i].data<float>()[k]));
    }
    EXPECT_GT(largest, 0);
    EXPECT_LE(difference, kTolerance * largest) << "output " << model.network.graph.outputs[i].name;
  }
}

INSTANTIATE_TEST_SUITE_P(RealImages, TrainedNetwork, testing::ValuesIn(trained_detectors()),
                         [](const testing::TestParamInfo<std::string>& tested) { return tested.param; });

}  // namespace
}  // namespace vigie
