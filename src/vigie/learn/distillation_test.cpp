#include "vigie/learn/distillation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vigie/core/log.h"
#include "vigie/data/test_folder.h"
#include "vigie/engine/test_networks.h"
#include "vigie/learn/photo_crops.h"

namespace vigie::learn {
namespace {

using testing::HasSubstr;

/// One layer at stride 4.
nn::Graph one_layer(std::int64_t channels) {
  nn::GraphBuilder b;
  const nn::Ref x = b.relu(b.conv("conv1", b.input(3), {.out = channels, .kernel = 3, .stride = 2}));
  b.output("layer1", b.conv("conv2", x, {.out = channels, .kernel = 3, .stride = 2}));
  return b.build();
}

class Distill : public TestFolder {
 protected:
  Distill() {
    set_log_level(LogLevel::Quiet);
    request_.student = one_layer(6);
    request_.teacher = random_network(one_layer(10), 4);
    for (int i = 0; i < 40; ++i) {
      const std::string name = fmt::format("{:02}.png", i);
      draw(name, static_cast<std::uint64_t>(i), 3, 80);
      request_.photos.push_back(folder_ / name);
    }
    request_.options.crop = 64;
    request_.options.training.steps = 300;
    request_.options.training.batch_size = 8;
    request_.options.training.learning_rate = 1e-2;
    request_.options.training.number_format = "f32";
  }

  DistillRequest request_;
};

double first_loss(const TrainingResult& result) {
  return result.history.losses.at("validation").front().value;
}
double last_loss(const TrainingResult& result) {
  return result.history.losses.at("validation").back().value;
}

TEST_F(Distill, AStudentComesNearerToItsTeacherAndIsServedWithItsMetric) {
  for (const double equalise : {0.0, 1.0}) {
    request_.options.equalise = equalise;
    const TrainingResult result = distill(request_, {});
    // A student that says the teacher's mean everywhere is 1 away.
    EXPECT_LT(last_loss(result), 0.8);
    EXPECT_LT(last_loss(result), first_loss(result));
    EXPECT_EQ(result.network.weights.at("metric.layer1.weight").shape(), (Shape{6, 6, 1, 1}));
    EXPECT_FALSE(result.network.weights.contains("head.layer1.weight"));
  }
}

TEST_F(Distill, GoesOnFromAStudentTaughtBefore) {
  const TrainingResult first = distill(request_, {});
  request_.start = first.network.weights;  // with its metric, which is found anew
  request_.options.training.steps = 1;
  request_.options.training.learning_rate = 1e-8;
  const TrainingResult second = distill(request_, {});
  EXPECT_LT(last_loss(second), 1.05 * last_loss(first)) << "the heads, which are not kept, are found again";
}

TEST_F(Distill, WeightsOfAnotherNetworkAreNoStart) {
  request_.start = random_network(one_layer(5)).weights;
  try {
    (void)distill(request_, {});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::BadFile);
    EXPECT_THAT(error.what(), HasSubstr("conv1.weight"));
  }
}

TEST_F(Distill, LayersAreMatchedByNameWhateverTheirOrder) {
  const auto two_layers = [](std::int64_t channels, const std::vector<std::string>& order) {
    nn::GraphBuilder b;
    const nn::Ref x = b.relu(b.conv("conv1", b.input(3), {.out = channels, .kernel = 3, .stride = 2}));
    b.output("layer1", x);
    b.output("layer2", b.relu(b.conv("conv2", x, {.out = 2 * channels, .kernel = 3, .stride = 2})));
    return nn::select_outputs(b.build(), order);
  };
  request_.student = two_layers(4, {"layer1", "layer2"});
  request_.teacher = random_network(two_layers(8, {"layer2", "layer1"}), 4);
  request_.options.training.steps = 2;
  const nn::Network taught = distill(request_, {}).network;
  EXPECT_EQ(taught.weights.at("metric.layer1.weight").shape(), (Shape{4, 4, 1, 1}));
  EXPECT_EQ(taught.weights.at("metric.layer2.weight").shape(), (Shape{8, 8, 1, 1}));
  request_.student = nn::select_outputs(request_.student, {"layer2"});
  EXPECT_NO_THROW((void)distill(request_, {})) << "a teacher may have more layers";
  request_.student.outputs.front().name = "layer9";
  EXPECT_THROW((void)distill(request_, {}), Error);
}

TEST_F(Distill, TooFewPhotographsAreRefused) {
  request_.photos.resize(31);
  EXPECT_THROW((void)distill(request_, {}), Error);
}

TEST_F(Distill, CropsDependOnTheSeedOnly) {
  const PhotoCrops photos(request_.photos, request_.options, {});
  const Tensor crops = photos.crops({0, 3}, 5);
  EXPECT_EQ(crops.shape(), (Shape{2, 64, 64, 3}));
  EXPECT_EQ(relative_error(photos.crops({0, 3}, 5), crops), 0);
  EXPECT_GT(relative_error(photos.crops({0, 3}, 6), crops), 0);
  EXPECT_GT(relative_error(photos.sample(1, "metric", 0), photos.sample(1, "scale", 0)), 0);
}

TEST_F(Distill, GreyCropsHaveThreeEqualChannels) {
  request_.options.grey = 1;
  const PhotoCrops photos(request_.photos, request_.options, {});
  const Tensor crops = photos.crops({1}, 2);
  const Preprocess scale;
  const float* x = crops.data<float>();
  for (std::int64_t p = 0; p < crops.count(); p += 3)
    ASSERT_NEAR(x[p] * scale.std[0] + scale.mean[0], x[p + 1] * scale.std[1] + scale.mean[1], 1e-5);
}

}  // namespace
}  // namespace vigie::learn
