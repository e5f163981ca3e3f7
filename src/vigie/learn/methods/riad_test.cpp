#include "vigie/detectors/riad.h"

#include <gtest/gtest.h>

#include "vigie/core/threads.h"
#include "vigie/learn/methods/methods.h"
#include "vigie/learn/methods/small_request.h"
#include "vigie/learn/torch_trainer.h"
#include "vigie/networks/riad.h"
#include "vigie/training/training_log.h"

namespace vigie::learn {
namespace {

class RiadTraining : public SmallRequest {
 protected:
  RiadTraining() : SmallRequest("riad") {
    request_.preprocess = {.height = 32, .width = 48, .mean = {0, 0, 0}, .std = {1, 1, 1}};
    request_.options = json_from_options(RiadOptions{});
    request_.options.update({{"base_width", 2}, {"steps", 4}, {"batch_size", 2}});
    images_ = std::make_unique<TrainingImages>(request_.samples, request_.preprocess, request_.reading);
  }

  ThreadShare alone_{1};  // more threads would wait for each other longer than they compute
};

/// Keeps the last picture.
struct PictureLog : TrainingLog {
  void image(std::string_view, std::int64_t, const Tensor& rgb) override { picture = rgb.clone(); }
  Tensor picture;
};

TEST_F(RiadTraining, ABatchHoldsImagesAndDisjointMasksThatFollowItsSeed) {
  const auto method = make();
  const Batch batch = method->make_batch({2, 5}, 7, true);
  ASSERT_EQ(batch.inputs.size(), 2u);
  EXPECT_TRUE(torch::equal(batch.inputs[0], torch_from_tensor(images_->batch({2, 5}))));
  EXPECT_EQ(batch.inputs[1].sizes(), (std::vector<std::int64_t>{3, 1, 32, 48}));
  EXPECT_TRUE((batch.inputs[1].sum(0) == 2).all().item<bool>());  // two of three see each pixel
  EXPECT_TRUE(torch::equal(batch.inputs[1], method->make_batch({2, 5}, 7, true).inputs[1]));
  EXPECT_FALSE(torch::equal(batch.inputs[1], method->make_batch({2, 5}, 8, true).inputs[1]));
  EXPECT_EQ(method->make_batch({2, 5}, 7, false).inputs.size(), 1u);
}

TEST_F(RiadTraining, ServesWhatTheUnetPaintsMaskByMask) {
  const auto method = make();
  GraphModule& unet = *method->networks().at(0).second;
  unet.set_training(false);
  const nn::Network served = method->served();
  const Tensor input = images_->batch({0, 1});
  const std::vector<Tensor> outputs = Engine(served).run(input);
  ASSERT_EQ(outputs.size(), 1 + kRiadCells.size());
  const torch::Tensor image = torch_from_tensor(input);
  const torch::NoGradGuard no_gradients;
  for (std::size_t i = 0; i < kRiadCells.size(); ++i) {
    torch::Tensor expected = torch::zeros_like(image);
    for (std::int64_t part = 0; part < kRiadParts; ++part) {
      const std::string name = fmt::format("mask.{}.{}.weight", kRiadCells[i], part);
      const torch::Tensor visible = torch_from_tensor(served.weights.at(name));
      expected += (1 - visible) * unet(image * visible);
    }
    const double error = (torch_from_tensor(outputs[i + 1]) - expected).abs().max().item<double>();
    EXPECT_LT(error, 1e-4 * expected.abs().max().item<double>()) << "cells of " << kRiadCells[i];
  }
  EXPECT_TRUE(torch::equal(torch_from_tensor(outputs[0]), image));
}

TEST_F(RiadTraining, LearnsToPaintAndServesTheTrainedWeights) {
  request_.options.update({{"steps", 20}, {"learning_rate", 1e-2}});
  const TrainingResult result = torch_trainer().train(request_, {});
  const auto& losses = result.history.losses;
  EXPECT_LT(losses.at("validation").back().value, 0.9 * losses.at("validation").front().value);
  EXPECT_EQ(losses.at("loss").size(), losses.at("ssim").size());
  EXPECT_NE(first_weight(result.network, "unet.last.weight"), first_weight(make()->served(), "unet.last.weight"));
  EXPECT_EQ(Engine(result.network).run(images_->batch({0})).size(), riad_outputs().size());
}

TEST_F(RiadTraining, TheSameRequestGivesTheSameWeights) {
  const TrainingResult first = torch_trainer().train(request_, {}), second = torch_trainer().train(request_, {});
  EXPECT_EQ(first.history, second.history);
  for (const auto& [name, weight] : first.network.weights)
    EXPECT_TRUE(
        std::ranges::equal(weight.values<float>(), std::as_const(second.network.weights.at(name)).values<float>()))
        << name;
}

TEST_F(RiadTraining, ShowsImagesWhatIsLeftOfThemAndWhatIsPainted) {
  const auto method = make();
  PictureLog log;
  method->networks().at(0).second->set_training(false);
  method->show(method->make_batch({0, 1}, 1, false), 1, log);
  ASSERT_EQ(log.picture.shape(), (Shape{3 * 32, 2 * 48, 3}));
  const Tensor image = images_->image(1);
  EXPECT_EQ(log.picture.data<std::uint8_t>()[(5 * 96 + 48 + 7) * 3 + 1],
            image.data<std::uint8_t>()[(5 * 48 + 7) * 3 + 1]);
}

TEST_F(RiadTraining, RefusesAnInputThatCannotBeHalved) {
  request_.preprocess.height = 40;
  EXPECT_THROW((void)make(), Error);
}

}  // namespace
}  // namespace vigie::learn
