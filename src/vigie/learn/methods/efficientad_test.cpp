#include "vigie/detectors/efficientad.h"

#include <gtest/gtest.h>

#include "vigie/core/threads.h"
#include "vigie/learn/methods/methods.h"
#include "vigie/learn/methods/small_request.h"
#include "vigie/learn/torch_trainer.h"
#include "vigie/networks/efficientad.h"

namespace vigie::learn {
namespace {

/// Keeps the losses and moves nothing.
class WatchedStep : public Step {
 public:
  void minimise(const std::vector<std::size_t>&, const torch::Tensor& loss, const std::string& name) override {
    record(loss, name);
  }
  void record(const torch::Tensor& value, const std::string& name) override { losses[name] = value.item<double>(); }
  std::int64_t number() const override { return 0; }
  std::int64_t total() const override { return 1; }

  std::map<std::string, double> losses;
};

class EfficientAdTraining : public SmallRequest {
 protected:
  EfficientAdTraining() : SmallRequest("efficientad") {
    set_thread_budget(1);  // small layers: threads would wait for each other most of the time
    request_.preprocess.width = 64;
    images_ = std::make_unique<TrainingImages>(request_.samples, request_.preprocess, request_.reading);
    request_.options = json_from_options(EfficientAdOptions{});
    request_.options.update({{"steps", 12}, {"batch_size", 4}, {"student_width", 0.1}, {"learning_rate", 1e-3}});
    nn::GraphBuilder b;
    nn::Ref x = b.input(3);
    for (const char* name : {"conv1", "conv2", "conv3"}) x = b.relu(b.conv(name, x, {.out = 10, .stride = 2}));
    b.output("layer2", x);
    request_.backbone = {b.build(), {}};
    request_.backbone.weights = initial_weights(request_.backbone.graph, 9, Initial::He);
  }

  ~EfficientAdTraining() override { set_thread_budget(0); }

  void add_penalty_images() {
    std::filesystem::create_directories(folder_ / "others");
    for (int i = 0; i < 3; ++i) draw(fmt::format("others/{}.png", i), 100 + static_cast<std::uint64_t>(i), 3, 50);
    request_.options["penalty_images"] = (folder_ / "others").string();
  }

  /// Outputs [B h w C] of the served network on all images.
  Features outputs(const nn::Network& network) const {
    std::vector<std::int64_t> all;
    for (std::int64_t i = 0; i < images_->count(); ++i) all.push_back(i);
    return Engine(network).run(images_->batch(all));
  }

  static double mean_square(const Tensor& a, const Tensor& b) {
    double sum = 0;
    for (std::int64_t i = 0; i < a.count(); ++i) {
      const double difference = a.data<float>()[i] - b.data<float>()[i];
      sum += difference * difference / static_cast<double>(a.count());
    }
    return sum;
  }
};

TEST_F(EfficientAdTraining, ABatchFollowsItsSeedAndIsPlainWithoutTraining) {
  add_penalty_images();
  const auto method = make();
  const Batch batch = method->make_batch({2, 5}, 7, true), again = method->make_batch({2, 5}, 7, true);
  const Batch other = method->make_batch({2, 5}, 8, true);
  ASSERT_EQ(batch.inputs.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(batch.inputs[i].sizes(), (std::vector<std::int64_t>{2, 3, 32, 64}));
    EXPECT_TRUE(torch::equal(batch.inputs[i], again.inputs[i]));
    EXPECT_EQ(torch::equal(batch.inputs[i], other.inputs[i]), i == 0);
  }
  EXPECT_FALSE(torch::equal(batch.inputs[0], batch.inputs[1]));
  const Batch plain = method->make_batch({2, 5}, 7, false);
  ASSERT_EQ(plain.inputs.size(), 1u);
  EXPECT_TRUE(torch::equal(plain.inputs[0], torch_from_tensor(images_->batch({2, 5}))));
}

TEST_F(EfficientAdTraining, TheTeacherIsNormalisedAndWhatTheServedNetworkSays) {
  const auto method = make();
  const Features served = outputs(method->served());
  for (std::int64_t c = 0; c < 10; ++c) {
    double sum = 0, squares = 0;
    const double count = static_cast<double>(served[0].count() / 10);
    for (std::int64_t i = c; i < served[0].count(); i += 10) {
      const double value = std::as_const(served[0]).data<float>()[i];
      sum += value / count, squares += value * value / count;
    }
    EXPECT_NEAR(sum, 0, 1e-4) << c;
    EXPECT_NEAR(squares, 1, 1e-3) << c;
  }
  std::vector<std::int64_t> all(12);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  const double loss = method->validation_loss(method->make_batch(all, 0, false));
  EXPECT_NEAR(loss, mean_square(served[0], served[1]) + mean_square(served[0], served[2]), 1e-4);
}

TEST_F(EfficientAdTraining, PenaltyImagesAddTheStudentsOwnSize) {
  const auto losses = [&] {
    const auto method = make();
    WatchedStep step;
    method->step(method->make_batch({0, 1, 2}, 5, true), step);
    return step.losses;
  };
  const auto without = losses();
  EXPECT_FALSE(without.contains("penalty"));
  EXPECT_NEAR(without.at("total"),
              without.at("student") + without.at("autoencoder") + without.at("student_autoencoder"), 1e-5);
  add_penalty_images();
  const auto with = losses();
  EXPECT_GT(with.at("penalty"), 0);
  EXPECT_NEAR(with.at("total"), without.at("total") + with.at("penalty"), 1e-4);
}

TEST_F(EfficientAdTraining, LearnsAndServesTheFourOutputsOnTheTeachersGrid) {
  request_.options["steps"] = 30;
  const Features before = outputs(make()->served());
  const TrainingResult result = torch_trainer().train(request_, {});
  EXPECT_EQ(result.history.steps, 30);
  std::vector<std::string> names;
  for (const nn::Output& output : result.network.graph.outputs) names.push_back(output.name);
  EXPECT_EQ(names, efficientad_outputs());
  const Features after = outputs(result.network);
  for (const Tensor& layer : after) EXPECT_EQ(layer.shape(), (Shape{12, 4, 8, 10}));
  EXPECT_EQ(mean_square(before[0], after[0]), 0);
  EXPECT_LT(mean_square(after[0], after[1]), mean_square(before[0], before[1]));
  EXPECT_LT(mean_square(after[0], after[2]), mean_square(before[0], before[2]));
}

TEST_F(EfficientAdTraining, RefusesWhatDoesNotFit) {
  request_.options["penalty_images"] = (folder_ / "nowhere").string();
  EXPECT_THROW(make(), Error);
  request_.options["penalty_images"] = "";
  request_.preprocess.width = 40;
  EXPECT_THROW(make(), Error);
}

}  // namespace
}  // namespace vigie::learn
