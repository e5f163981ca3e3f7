#include <gmock/gmock.h>

#include <cstring>

#include "vigie/pipeline/content_hash.h"
#include "vigie/pipeline/evaluate.h"
#include "vigie/pipeline/feature_pool.h"
#include "vigie/pipeline/image_features.h"
#include "vigie/pipeline/peak_memory.h"
#include "vigie/pipeline/test_parts.h"

namespace vigie {
namespace {

TEST_F(Pipeline, TheSavedModelPredictsWhatTheFittedOneDid) {
  for (const DetectorInfo& info : detectors()) {
    if (info.training) continue;  // tests/cli trains
    FitOptions fit = options(info.name);
    fit.detector_options = info.name == "spade" ? nlohmann::json{{"neighbours", 3}} : nlohmann::json::object();
    const FitResult fitted = fit_model(dataset_, fit, {});
    save_model(root_ / "m.vigie", fitted.model);
    const Inspector before(fitted.model);
    const Inspector after(load_model(root_ / "m.vigie"));
    for (const Sample& sample : dataset_.test()) {
      const Verdict a = before.inspect(read_image(sample.image));
      const Verdict b = after.inspect(read_image(sample.image));
      EXPECT_EQ(a.score, b.score) << info.name;
      EXPECT_EQ(a.confidence, b.confidence) << info.name;
      ASSERT_EQ(a.map.count(), b.map.count());
      if (a.map.empty()) continue;
      const auto map_a = a.map.values<float>(), map_b = b.map.values<float>();
      EXPECT_TRUE(std::equal(map_a.begin(), map_a.end(), map_b.begin())) << info.name;
    }
  }
}

TEST_F(Pipeline, FindsTheSquareAndItsPlace) {
  const FitResult fitted = fit_model(dataset_, options("patchcore"), {});
  const Inspector inspector(fitted.model);
  const EvaluateResult result = evaluate_model(inspector, dataset_, {}, {});
  EXPECT_EQ(result.evaluation.image_auroc, 1.0);
  EXPECT_GT(result.evaluation.pixel_auroc, 0.9);
  const Verdict verdict = inspector.inspect(read_image(dataset_.test().back().image));
  EXPECT_TRUE(verdict.anomalous);
  ASSERT_FALSE(verdict.regions.empty());
  EXPECT_NEAR(verdict.regions.front().centroid_x, 36, 6);
  EXPECT_NEAR(verdict.regions.front().centroid_y, 26, 6);
}

TEST_F(Pipeline, ThePaperProtocolLearnsFromAllAndCalibratesOnUnseenOnes) {
  FitOptions fit = options("patchcore");
  fit.protocol = "paper";
  const FitResult fitted = fit_model(dataset_, fit, {});
  EXPECT_EQ(fitted.model.provenance.at("images_learnt"), 12);
  EXPECT_EQ(fitted.model.stage().calibration.normals, 12);
  EXPECT_EQ(fitted.model.stage().preprocess.mode, "short_side");
}

TEST_F(Pipeline, AStopRequestEndsFitWithCancelled) {
  std::stop_source source;
  source.request_stop();
  try {
    fit_model(dataset_, options("padim"), RunContext(source.get_token(), nullptr));
    FAIL() << "not cancelled";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Cancelled);
  }
}

TEST_F(Pipeline, LabelledDefectsChangeNothingThatIsLearntButAreKnownAsSeen) {
  const Model without = fit_model(dataset_, options("patchcore"), {}).model;
  Random random(5);
  write_image(root_ / "part/train/square/0.png", part(random, true));
  const Dataset labelled = read_dataset(root_ / "part");
  ASSERT_EQ(labelled.labelled().size(), 1U);
  const Model with = fit_model(labelled, options("patchcore"), {}).model;
  EXPECT_EQ(with.provenance.at("data_digest"), without.provenance.at("data_digest"));
  EXPECT_EQ(with.calibration.scores, without.calibration.scores);
  for (const auto& [name, tensor] : without.state.tensors) {
    const Tensor& other = with.state.tensors.at(name);
    ASSERT_EQ(other.bytes(), tensor.bytes()) << name;
    EXPECT_EQ(std::memcmp(other.raw(), tensor.raw(), tensor.bytes()), 0) << name;
  }
  EXPECT_EQ(samples_seen_by(with, labelled.labelled()).size(), 1U);
  EXPECT_TRUE(samples_seen_by(without, labelled.labelled()).empty());
}

TEST_F(Pipeline, AStreamCarriesTheLabelsOfItsSamples) {
  const Engine engine(fit_model(dataset_, options("gaussian"), {}).model.network);
  const Preprocess preprocess = {.height = 64, .width = 64};
  const auto test = dataset_.test();  // four good parts, then four squares
  const ImageFeatureStream stream(test, preprocess, {}, engine, {});
  const FeaturePool pool(test, preprocess, {}, engine, {});
  const FeatureSubset subset(pool, {7, 0});
  EXPECT_EQ(stream.label(0), kGood);
  EXPECT_EQ(stream.label(7), 1);
  EXPECT_EQ(subset.label(0), 1);
  EXPECT_EQ(subset.label(1), kGood);
}

TEST_F(Pipeline, OneGoodImageIsTooFew) {
  keep_normals(dataset_, 1);
  EXPECT_THROW(fit_model(dataset_, options("padim"), {}), Error);
}

TEST(MapOnImage, PutsACroppedMapBackWhereItWasCut) {
  Preprocess preprocess = Preprocess::paper();
  Tensor map = Tensor::full({224, 224}, 1);
  const Tensor on_image = map_on_image(map, preprocess, 512, 512);
  ASSERT_EQ(on_image.shape(), (Shape{512, 512}));
  map.data<float>()[0] = 0;  // now the border differs from the crop
  const Tensor marked = map_on_image(map, preprocess, 512, 512);
  EXPECT_EQ(marked.data<float>()[0], 0);
  EXPECT_EQ(marked.data<float>()[256 * 512 + 256], 1);
  EXPECT_EQ(marked.data<float>()[256 * 512 + 28], 0);  // left of the crop: 16 of 256 pixels
  EXPECT_EQ(marked.data<float>()[256 * 512 + 36], 1);
}

TEST(PeakMemory, SeesAnAllocationAfterTheReset) {
  reset_peak_memory();
  const std::int64_t before = peak_memory_bytes();
  const Tensor big = Tensor::full({64, 1024, 1024}, 1);
  EXPECT_GT(peak_memory_bytes(), before + 200'000'000);
}

}  // namespace
}  // namespace vigie
