#include "vigie/pipeline/cascade.h"

#include <gmock/gmock.h>

#include "vigie/pipeline/calibrate.h"
#include "vigie/pipeline/evaluate.h"
#include "vigie/pipeline/test_parts.h"

namespace vigie {
namespace {

using testing::HasSubstr;

class Cascade : public Pipeline {
 protected:
  Model fitted(const std::string& detector, double threshold) {
    Model model = fit_model(dataset_, options(detector), {}).model;
    model.stage().calibration.image_threshold = threshold;
    return model;
  }
  static constexpr double kNever = 1e9, kAlways = -1e9;
  Tensor part() const { return read_image(dataset_.test().front().image); }
};

template <typename Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST_F(Cascade, TheFirstStageThatRejectsSpeaks) {
  const Inspector inspector(cascade_of({fitted("gaussian", kAlways), fitted("subspace", kAlways)}));
  const Verdict verdict = inspector.inspect(part());
  EXPECT_TRUE(verdict.anomalous);
  EXPECT_EQ(verdict.stage, 0u);
  EXPECT_EQ(verdict.score, Inspector(fitted("gaussian", kAlways)).inspect(part()).score);
}

TEST_F(Cascade, ALaterStageSeesWhatTheFirstPasses) {
  const Inspector inspector(cascade_of({fitted("gaussian", kNever), fitted("subspace", kAlways)}));
  const Verdict verdict = inspector.inspect(part());
  EXPECT_TRUE(verdict.anomalous);
  EXPECT_EQ(verdict.stage, 1u);
  EXPECT_EQ(verdict.score, Inspector(fitted("subspace", kAlways)).inspect(part()).score);
}

TEST_F(Cascade, APartPassesWhenAllStagesPassIt) {
  const Inspector inspector(cascade_of({fitted("gaussian", kNever), fitted("subspace", kNever)}));
  EXPECT_FALSE(inspector.inspect(part()).anomalous);
}

TEST_F(Cascade, AVerdictNamesItsStage) {
  const Inspector inspector(cascade_of({fitted("gaussian", kNever), fitted("gaussian", kAlways)}));
  const Verdict verdict = inspector.inspect(part());
  const auto line = json_from_verdict(verdict, inspector.stages()[verdict.stage].stage());
  EXPECT_EQ(line.at("decided_by"), "gaussian-2");
  EXPECT_EQ(line.at("threshold"), kAlways);
}

TEST_F(Cascade, ReadsBackAsItWasWritten) {
  save_model(root_ / "m.vigie", cascade_of({fitted("gaussian", kNever), fitted("patchcore", 1.0)}));
  const Model model = load_model(root_ / "m.vigie");
  ASSERT_EQ(model.stages.size(), 2u);
  EXPECT_EQ(model.stages[1].name, "patchcore");
  const Inspector before(cascade_of({fitted("gaussian", kNever), fitted("patchcore", 1.0)})), after(model);
  for (const Sample& sample : dataset_.test()) {
    const Verdict a = before.inspect(read_image(sample.image)), b = after.inspect(read_image(sample.image));
    EXPECT_EQ(a.score, b.score);
    EXPECT_EQ(a.stage, b.stage);
  }
}

TEST_F(Cascade, KnowsEveryImageThatAnyStageHasSeen) {
  Model other = fitted("gaussian", 1);
  other.provenance["image_hashes"] = {"00000000000000aa"};
  const Model model = cascade_of({fitted("subspace", 1), other});
  EXPECT_EQ(model.provenance.at("image_hashes").size(), dataset_.normals().size() + 1);
  EXPECT_EQ(model.provenance.at("stages").size(), 2u);
}

TEST_F(Cascade, IsRefusedWhereOneStageIsMeant) {
  Model model = cascade_of({fitted("gaussian", 1), fitted("subspace", 1)});
  EXPECT_THAT(message_of([&] { calibrate_model(model, {}, {.max_fpr = 0.1}, {}); }), HasSubstr("this one has 2"));
  const Inspector inspector(model);
  EXPECT_THAT(message_of([&] { evaluate_model(inspector, dataset_, {}, {}); }), HasSubstr("this one has 2"));
}

TEST_F(Cascade, NeedsModelsThatSeeAlike) {
  Model paper = fitted("gaussian", 1);
  paper.protocol = "paper";
  EXPECT_THAT(message_of([&] { cascade_of({fitted("subspace", 1), paper}); }), HasSubstr("paper"));
  Model deep = fitted("gaussian", 1);
  deep.stage().preprocess.bits = 12;
  EXPECT_THAT(message_of([&] { cascade_of({fitted("subspace", 1), deep}); }), HasSubstr("8 bits, another of 12"));
  EXPECT_THAT(message_of([&] { cascade_of({fitted("subspace", 1)}); }), HasSubstr("two or more"));
}

TEST_F(Cascade, AFileWithTwoStagesOfOneNameIsRefused) {
  Model model = cascade_of({fitted("gaussian", 1), fitted("gaussian", 1)});
  model.stages[1].name = model.stages[0].name;
  save_model(root_ / "m.vigie", model);
  EXPECT_THAT(message_of([&] { load_model(root_ / "m.vigie"); }), HasSubstr("two stages named 'gaussian'"));
}

}  // namespace
}  // namespace vigie
