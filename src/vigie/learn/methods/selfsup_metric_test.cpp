#include "vigie/detectors/selfsup_metric.h"

#include <gtest/gtest.h>

#include "vigie/learn/methods/methods.h"
#include "vigie/learn/methods/small_request.h"
#include "vigie/learn/torch_trainer.h"

namespace vigie::learn {
namespace {

class SelfSupMetricTraining : public SmallRequest {
 protected:
  SelfSupMetricTraining() : SmallRequest("selfsup_metric") {
    request_.options = json_from_options(SelfSupMetricOptions{});
    request_.options.update({{"steps", 3}, {"batch_size", 4}, {"width", 4}, {"dimensions", 6}});
  }
};

TEST_F(SelfSupMetricTraining, ABatchHoldsViewsAndDefectsAndFollowsItsSeed) {
  const auto method = make();
  const torch::Tensor batch = method->make_batch({2, 5}, 7, true).inputs.at(0);
  EXPECT_EQ(batch.sizes(), (std::vector<std::int64_t>{6, 3, 32, 40}));
  EXPECT_TRUE(torch::equal(batch, method->make_batch({2, 5}, 7, true).inputs[0]));
  EXPECT_FALSE(torch::equal(batch, method->make_batch({2, 5}, 8, true).inputs[0]));
  EXPECT_FALSE(torch::equal(batch[0], batch[2]));  // two views of one image
  request_.options["defects"] = false;
  EXPECT_EQ(make()->make_batch({2, 5}, 7, true).inputs.at(0).size(0), 4);
}

TEST_F(SelfSupMetricTraining, ServesTheEmbeddingForEveryLossAndStart) {
  for (const char* changes : {"{}", R"({"loss": "triplet"})", R"({"others": true})", R"({"pretrained": true})"}) {
    const auto before = request_.options;
    request_.options.update(nlohmann::json::parse(changes));
    request_.backbone = request_.options.at("pretrained") ? small_backbone() : nn::Network();
    const TrainingResult result = torch_trainer().train(request_, {});
    EXPECT_EQ(result.history.steps, 3) << changes;
    EXPECT_TRUE(result.history.losses.contains(request_.options.at("loss"))) << changes;
    expect_serves_embedding(result.network, 6);
    request_.options = before;
  }
}

}  // namespace
}  // namespace vigie::learn
