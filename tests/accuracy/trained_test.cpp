// Methods that train a network, on real images: what the engine serves is what libtorch trained, and what the quick
// presets reach (docs/accuracy.md has the numbers measured; the longer ones are not trained here).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "vigie/data/image_batches.h"
#include "vigie/engine/engine.h"
#include "vigie/learn/graph_module.h"
#include "vigie/learn/torch_trainer.h"
#include "vigie/pipeline/benchmark.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;

// Agreement does not need a good network, only real weights and real images.
constexpr std::size_t kNormals = 24;
constexpr std::int64_t kSteps = 4;
constexpr double kTolerance = 1e-4;  // of the largest value

std::vector<std::string> trained_detectors() {
  std::vector<std::string> names;
  for (const DetectorInfo& info : detectors())
    if (info.training) names.push_back(info.name);
  return names;
}

std::optional<fs::path> bottle_folder() {
  const char* shared = std::getenv("VIGIE_SHARED");
  if (shared == nullptr || !fs::exists(fs::path(shared) / "data" / "mvtec_ad" / "bottle")) return std::nullopt;
  return fs::path(shared) / "data" / "mvtec_ad" / "bottle";
}

FitOptions quick(const std::string& detector, std::int64_t image_size) {
  FitOptions options;
  options.detector = detector;
  options.backbone = "scout";
  options.image_size = image_size;
  options.training.preset = "quick";
  options.training.trainer = &learn::torch_trainer();
  return options;
}

class TrainedNetwork : public testing::TestWithParam<std::string> {};

TEST_P(TrainedNetwork, IsServedAsItWasTrained) {
  const auto folder = bottle_folder();
  if (!folder) GTEST_SKIP() << "VIGIE_SHARED names no folder with data/mvtec_ad/bottle";
  Dataset bottle = read_dataset(*folder);
  const auto begin = bottle.samples.begin();  // the normals come first
  bottle.samples.erase(begin + kNormals, begin + std::ssize(bottle.normals()));
  FitOptions options = quick(GetParam(), 128);
  options.detector_options = {{"steps", kSteps}, {"batch_size", 4}};
  const Model model = fit_model(bottle, options, {}).model;

  Tensor input;
  for_each_batch(bottle.test().first(4), model.stage().preprocess, {}, 4,
                 [&](const Tensor& images, std::int64_t) { input = images.clone(); });
  const std::vector<Tensor> served = Engine(model.stage().network).run(input);
  learn::GraphModule module(model.stage().network, torch::kCPU);
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
    EXPECT_LE(difference, kTolerance * largest) << "output " << model.stage().network.graph.outputs[i].name;
  }
}

INSTANTIATE_TEST_SUITE_P(RealImages, TrainedNetwork, testing::ValuesIn(trained_detectors()),
                         [](const testing::TestParamInfo<std::string>& tested) { return tested.param; });

struct Case {
  std::string detector;
  std::int64_t image_size;
  nlohmann::json options;           ///< fewer steps than the preset's, where CI has no time for those
  double image_auroc, pixel_auroc;  ///< floors
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.detector;
}

class TrainedAccuracy : public testing::TestWithParam<Case> {};

TEST_P(TrainedAccuracy, ReachesItsFloors) {
  const auto folder = bottle_folder();
  if (!folder) GTEST_SKIP() << "VIGIE_SHARED names no folder with data/mvtec_ad/bottle";
  BenchmarkOptions options;
  options.data = {*folder};
  options.detectors = {GetParam().detector};
  options.backbones = {"scout"};
  options.fit = quick(GetParam().detector, GetParam().image_size);
  options.detector_options = {{GetParam().detector, GetParam().options}};
  options.reports = false;
  const fs::path out = fs::path(testing::TempDir()) / ("vigie_trained_" + GetParam().detector);
  fs::remove_all(out);
  const auto records = run_benchmark(options, out, {}, [](const std::string& line) { fmt::print("{}\n", line); });
  fs::remove_all(out);
  EXPECT_GE(records.at(0).evaluation.image_auroc, GetParam().image_auroc);
  if (GetParam().pixel_auroc > 0) {
    EXPECT_GE(records[0].evaluation.pixel_auroc, GetParam().pixel_auroc);
  }
}

INSTANTIATE_TEST_SUITE_P(RealImages, TrainedAccuracy,
                         testing::Values(Case{"efficientad", 256, {{"steps", 250}}, .95, .96},
                                         Case{"selfsup_metric", 128, nlohmann::json::object(), .90, 0}),
                         [](const testing::TestParamInfo<Case>& tested) { return tested.param.detector; });

}  // namespace
}  // namespace vigie
