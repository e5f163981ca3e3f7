#include "vigie/learn/torch_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vigie/detectors/cutpaste.h"
#include "vigie/detectors/efficientad.h"
#include "vigie/learn/methods/small_request.h"

namespace vigie::learn {
namespace {

using testing::HasSubstr;

class TrainerCheckpoint : public SmallRequest {
 protected:
  TrainerCheckpoint() : SmallRequest("cutpaste") {
    request_.options = json_from_options(CutPasteOptions{});
    request_.options.update({{"steps", 2}, {"batch_size", 2}});
    request_.backbone = start();
    request_.checkpoint = folder_ / "checkpoint";
    request_.resume = true;
  }
  static nn::Network start() { return nn::fold_batch_norms(small_backbone()); }

  std::string refusal() const {
    try {
      (void)torch_trainer().train(request_, {});
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::BadFile);
      return error.what();
    }
    return "none";
  }
};

TEST_F(TrainerCheckpoint, GoesOnOnlyWithTheSameImagesAndTheSameWeights) {
  (void)torch_trainer().train(request_, {});
  EXPECT_EQ(refusal(), "none");
  request_.backbone.weights.begin()->second.data<float>()[0] += 1;
  EXPECT_THAT(refusal(), HasSubstr("'backbone "));
  request_.backbone = start();
  draw("00.png", 77, 3, 24);  // another image of the same name
  EXPECT_THAT(refusal(), HasSubstr("'files "));
}

TEST_F(TrainerCheckpoint, PenaltyImagesDecideTheWeightsToo) {
  nn::GraphBuilder b;
  b.output("layer2", b.conv("layer2.conv", b.input(3), {.out = 8, .stride = 8}));
  request_.backbone = {b.build(), {}};
  request_.backbone.weights = initial_weights(request_.backbone.graph, 1, Initial::He);
  request_.method = "efficientad";
  request_.preprocess.width = 32;
  request_.options = json_from_options(EfficientAdOptions{});
  request_.options.update({{"steps", 2}, {"student_width", 0.1}, {"penalty_images", (folder_ / "others").string()}});
  std::filesystem::create_directories(folder_ / "others");
  draw("others/a.png", 1, 3, 24);
  (void)torch_trainer().train(request_, {});
  EXPECT_EQ(refusal(), "none");
  draw("others/b.png", 2, 3, 24);
  EXPECT_THAT(refusal(), HasSubstr("'other files "));
}

}  // namespace
}  // namespace vigie::learn
