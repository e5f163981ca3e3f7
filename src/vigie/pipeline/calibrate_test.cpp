#include "vigie/pipeline/calibrate.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "vigie/pipeline/inspector.h"
#include "vigie/pipeline/test_parts.h"

namespace vigie {
namespace {

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

class Calibrating : public Pipeline {
 protected:
  void SetUp() override {
    Pipeline::SetUp();
    model_ = fit_model(dataset_, options("patchcore"), {}).model;
  }
  std::vector<Sample> test_parts(bool anomalous) const {
    std::vector<Sample> out;
    for (const Sample& sample : dataset_.test())
      if (sample.is_defect() == anomalous) out.push_back(sample);
    return out;
  }
  std::vector<std::filesystem::path> defects() const {
    std::vector<std::filesystem::path> out;
    for (const Sample& sample : test_parts(true)) out.push_back(sample.image);
    return out;
  }

  Model model_;
};

TEST_F(Calibrating, AnotherRateNeedsNoParts) {
  const Calibration before = model_.stage().calibration;
  const TensorMap state = model_.stage().state.tensors;
  calibrate_model(model_, {}, {.max_fpr = 0.25}, {});
  EXPECT_LT(model_.stage().calibration.image_threshold, before.image_threshold);
  EXPECT_EQ(rejected_normals(model_.stage().calibration), 3);
  ASSERT_EQ(model_.stage().state.tensors.size(), state.size());  // nothing else moves
  for (const auto& [name, tensor] : state)
    EXPECT_EQ(std::memcmp(model_.stage().state.tensors.at(name).raw(), tensor.raw(), tensor.bytes()), 0) << name;
}

TEST_F(Calibrating, TheReplacedThresholdsComeBackFromTheFile) {
  const double before = model_.stage().calibration.image_threshold;
  calibrate_model(model_, {}, {.threshold = 1.5}, {});
  EXPECT_EQ(model_.stage().calibration.image_threshold, 1.5);
  save_model(root_ / "m.vigie", model_);
  Model loaded = load_model(root_ / "m.vigie");
  EXPECT_EQ(loaded.stage().calibration.rule, ThresholdRule::Fixed);
  restore_calibration(loaded);
  EXPECT_EQ(loaded.stage().calibration.image_threshold, before);
  restore_calibration(loaded);
  EXPECT_EQ(loaded.stage().calibration.image_threshold, 1.5);
  Model fresh = fit_model(dataset_, options("gaussian"), {}).model;
  EXPECT_THROW(restore_calibration(fresh), Error);
}

TEST_F(Calibrating, RefusesTheRejectBinAndNamesIt) {
  const double before = model_.stage().calibration.image_threshold;
  const std::string message = message_of([&] { calibrate_model(model_, test_parts(true), {}, {}); });
  EXPECT_THAT(message, testing::HasSubstr("rejects 4 of the 4 good parts"));
  EXPECT_THAT(message, testing::HasSubstr("square/00.png"));
  EXPECT_EQ(model_.stage().calibration.image_threshold, before);
  calibrate_model(model_, test_parts(true), {.accept_rejected = true}, {});
  EXPECT_GT(model_.stage().calibration.image_threshold, before);
}

TEST_F(Calibrating, NewGoodPartsReplaceTheOldOnesOnce) {
  calibrate_model(model_, test_parts(false), {}, {});
  EXPECT_EQ(model_.stage().calibration.normals, 4);
  EXPECT_THAT(message_of([&] { calibrate_model(model_, test_parts(false), {}, {}); }),
              testing::HasSubstr("4 of the 4 good images were given before"));
}

TEST_F(Calibrating, KnownDefectsSetTheThresholdBelowThem) {
  calibrate_model(model_, {}, {.threshold = 1e6}, {});
  calibrate_model(model_, {}, {.defects = defects()}, {});
  EXPECT_EQ(model_.stage().calibration.rule, ThresholdRule::Misses);
  const Inspector inspector(model_);
  for (const auto& defect : defects()) EXPECT_TRUE(inspector.inspect(read_image(defect)).anomalous) << defect;
  for (const Sample& good : test_parts(false)) EXPECT_FALSE(inspector.inspect(read_image(good.image)).anomalous);
}

TEST_F(Calibrating, WantsOneThingToDo) {
  EXPECT_THAT(message_of([&] { calibrate_model(model_, {}, {}, {}); }), testing::HasSubstr("nothing to do"));
  EXPECT_THAT(message_of([&] { calibrate_model(model_, {}, {.max_fpr = 0.1, .threshold = 2}, {}); }),
              testing::HasSubstr("give one of"));
  EXPECT_THAT(message_of([&] { calibrate_model(model_, {}, {.max_fpr = 0.7}, {}); }), testing::HasSubstr("0.7"));
}

}  // namespace
}  // namespace vigie
