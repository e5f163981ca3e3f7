#include "vigie/detectors/cutpaste.h"

#include <gtest/gtest.h>

#include "vigie/learn/initial_weights.h"
#include "vigie/learn/methods/methods.h"
#include "vigie/learn/methods/small_request.h"
#include "vigie/learn/torch_trainer.h"

namespace vigie::learn {
namespace {

class CutPasteTraining : public SmallRequest {
 protected:
  CutPasteTraining() : SmallRequest("cutpaste") {
    request_.options = json_from_options(CutPasteOptions{});
    request_.options.update({{"steps", 6}, {"batch_size", 4}, {"head_start", 0}});
    request_.backbone = small_backbone();
  }
};

TEST_F(CutPasteTraining, ABatchHoldsEachImageThreeTimesAndFollowsItsSeed) {
  const auto method = make();
  const torch::Tensor batch = method->make_batch({2, 5}, 7, true).inputs.at(0);
  EXPECT_EQ(batch.sizes(), (std::vector<std::int64_t>{6, 3, 32, 40}));
  EXPECT_TRUE(torch::equal(batch, method->make_batch({2, 5}, 7, true).inputs[0]));
  EXPECT_FALSE(torch::equal(batch, method->make_batch({2, 5}, 8, true).inputs[0]));
  const torch::Tensor plain = method->make_batch({2, 5}, 7, false).inputs.at(0);
  EXPECT_TRUE(torch::equal(plain.slice(0, 0, 2), torch_from_tensor(images_->batch({2, 5}))));
  for (std::int64_t i = 2; i < 6; ++i) {
    const torch::Tensor changed = (plain[i] != plain[i % 2]).any(0).to(torch::kFloat32).mean();
    EXPECT_GT(changed.item<double>(), 0);
    EXPECT_LT(changed.item<double>(), 0.3);
  }
}

TEST_F(CutPasteTraining, ServesTheEmbeddingWithWeightsThatLearnt) {
  const TrainingResult result = torch_trainer().train(request_, {});
  EXPECT_EQ(result.history.steps, 6);
  expect_serves_embedding(result.network, 12);
  EXPECT_NE(first_weight(result.network, "conv1.folded_weight"), first_weight(folded(), "conv1.folded_weight"));
  EXPECT_EQ(result.history.losses.at("cross_entropy").size(), result.history.losses.at("accuracy").size());
}

TEST_F(CutPasteTraining, InTheHeadStartOnlyTheHeadLearns) {
  request_.options["head_start"] = 1;
  const TrainingResult result = torch_trainer().train(request_, {});
  EXPECT_EQ(first_weight(result.network, "conv1.folded_weight"), first_weight(folded(), "conv1.folded_weight"));
}

TEST_F(CutPasteTraining, FrozenStagesKeepTheirWeights) {
  request_.options["frozen_stages"] = 1;
  const TrainingResult result = torch_trainer().train(request_, {});
  for (const auto& [name, weight] : folded().weights) {
    if (name.ends_with("bias")) continue;
    const auto before = weight.values<float>(), after = std::as_const(result.network.weights.at(name)).values<float>();
    EXPECT_EQ(std::ranges::equal(before, after), !name.starts_with("layer2")) << name;
  }
}

TEST_F(CutPasteTraining, FromRandomWeightsTheBackbonesAreForgotten) {
  request_.options["pretrained"] = false;
  const auto method = make();
  EXPECT_NE(first_weight(method->served(), "conv1.folded_weight"), first_weight(folded(), "conv1.folded_weight"));
  expect_serves_embedding(torch_trainer().train(request_, {}).network, 12);
}

}  // namespace
}  // namespace vigie::learn
