// Number formats through the whole inspector: chosen, stored, read back, agreeing.
#include <gmock/gmock.h>

#include "vigie/core/streams.h"
#include "vigie/io/file.h"
#include "vigie/pipeline/evaluate.h"
#include "vigie/pipeline/precision_choice.h"
#include "vigie/pipeline/test_parts.h"

namespace vigie {
namespace {

using PrecisionOfAModel = Pipeline;

TEST_F(PrecisionOfAModel, EveryFormatFindsTheSquares) {
  for (const Precision precision : {Precision::F32, Precision::BF16, Precision::Int8}) {
    if (!runs_here(precision)) continue;
    FitOptions fit = options("patchcore");
    fit.precision = name_of(precision);
    const Inspector inspector(fit_model(dataset_, fit, {}).model);
    EXPECT_EQ(inspector.stage().precision(), precision);
    EXPECT_EQ(inspector.model().stage().quantisation.empty(), precision != Precision::Int8);
    EXPECT_EQ(evaluate_model(inspector, dataset_, {}, {}).evaluation.image_auroc, 1.0) << name_of(precision);
  }
}

TEST_F(PrecisionOfAModel, AnInt8ModelReadsBackAndJudgesTheSame) {
  if (!runs_here(Precision::Int8)) GTEST_SKIP() << "this processor lacks " << instructions_of(Precision::Int8);
  FitOptions fit = options("padim");
  fit.precision = "int8";
  const Model fitted = fit_model(dataset_, fit, {}).model;
  save_model(root_ / "m.vigie", fitted);
  const Inspector before(fitted), after(load_model(root_ / "m.vigie"));
  EXPECT_EQ(after.model().stage().precision, Precision::Int8);
  for (const Sample& sample : dataset_.test())
    EXPECT_EQ(before.inspect(read_image(sample.image)).score, after.inspect(read_image(sample.image)).score);
}

TEST_F(PrecisionOfAModel, AutoTakesAFormatThatAgreesAndTellsWhatItMeasured) {
  FitOptions fit = options("patchcore");
  fit.precision = "auto";
  const Model model = fit_model(dataset_, fit, {}).model;
  const auto& tried = model.provenance.at("precision_agreement");
  EXPECT_EQ(tried.empty(), !runs_here(Precision::Int8) && !runs_here(Precision::BF16));
  for (const auto& entry : tried) {
    const bool taken = entry.at("precision") == name_of(model.stage().precision);
    EXPECT_EQ(entry.at("agrees").get<bool>(), taken);
    EXPECT_EQ(taken, entry.at("rank_correlation").get<double>() >= kMinRankCorrelation &&
                         entry.at("auroc").get<double>() >= entry.at("auroc_f32").get<double>() - kMaxAurocLoss);
  }
}

TEST_F(PrecisionOfAModel, IdenticalPartsAndASingleOneToMeasureOnAreEnough) {
  if (!runs_here(Precision::Int8)) GTEST_SKIP() << "this processor lacks " << instructions_of(Precision::Int8);
  const Sample only = dataset_.normals().front();
  for (const std::size_t count : {2, 12}) {
    replace_normals(dataset_, std::vector<Sample>(count, only));
    FitOptions fit = options("patchcore");
    fit.precision = "int8";
    const Inspector inspector(fit_model(dataset_, fit, {}).model);
    EXPECT_TRUE(inspector.inspect(read_image(dataset_.test().back().image)).anomalous);
  }
}

TEST_F(PrecisionOfAModel, RangesThatDoNotFitTheGraphAreRefused) {
  Model model = fit_model(dataset_, options("subspace"), {}).model;
  model.stage().precision = Precision::Int8;
  const auto refused = [&](const nn::Quantisation& quantisation) {
    model.stage().quantisation = quantisation;
    save_model(root_ / "m.vigie", model);
    EXPECT_THROW(load_model(root_ / "m.vigie"), Error);
  };
  const std::string known = model.stage().network.graph.nodes[0].name;
  refused({});
  refused({{{"nobody", {1.0, true}}}, {}});
  refused({{{known, {1.0, true}}}, {"nobody"}});
}

TEST_F(PrecisionOfAModel, UnknownFormatsAreRefusedBeforeAnythingSlow) {
  FitOptions fit = options("patchcore");
  fit.precision = "fp16";
  EXPECT_THROW(fit_model(dataset_, fit, {}), Error);
}

TEST_F(PrecisionOfAModel, StreamsJudgeAsOneByOneDoes) {
  const Inspector inspector(fit_model(dataset_, options("patchcore"), {}).model);
  std::vector<double> expected;
  for (const Sample& sample : dataset_.test()) expected.push_back(inspector.inspect(read_image(sample.image)).score);
  for (const int streams : {1, 2, 3}) {
    std::vector<double> scores;
    std::size_t given = 0;
    run_streams(
        streams,
        [&](const std::stop_token&) -> std::optional<Sample> {
          return given < dataset_.test().size() ? std::optional(dataset_.test()[given++]) : std::nullopt;
        },
        [&](const Sample& sample) { return inspector.inspect(read_image(sample.image)).score; },
        [&](double score) { scores.push_back(score); });
    EXPECT_EQ(scores, expected) << streams;
  }
}

}  // namespace
}  // namespace vigie
