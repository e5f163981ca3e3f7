#include "vigie/pipeline/latent.h"

#include <gmock/gmock.h>

#include <cmath>

#include "vigie/pipeline/fit.h"
#include "vigie/pipeline/latent_space.h"
#include "vigie/pipeline/test_parts.h"

namespace vigie {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kDims = 6;

/// Normal numbers whose last dimension varies by a tenth of the others; defects are shifted along it.
Tensor cloud(std::int64_t count, double shift, std::uint64_t seed) {
  Random random(seed);
  Tensor out({count, kDims});
  for (std::int64_t i = 0; i < out.count(); ++i) {
    const bool narrow = i % kDims == kDims - 1;
    out.data<float>()[i] = static_cast<float>(random.normal() * (narrow ? 0.1 : 1) + (narrow ? shift : 0));
  }
  return out;
}

LatentVectors shifted_along_the_narrow_axis() {
  LatentVectors vectors{cloud(200, 0, 1), Tensor({40, kDims}), std::vector<bool>(40, false), {"none", "shift"}, {}};
  const Tensor good = cloud(20, 0, 2), bad = cloud(20, 1, 3);
  std::ranges::copy(good.values<float>(), vectors.test.data<float>());
  std::ranges::copy(bad.values<float>(), vectors.test.data<float>() + good.count());
  std::fill(vectors.defective.begin() + 20, vectors.defective.end(), true);
  Tensor moved = vectors.test.clone();
  for (std::int64_t i = 0; i < moved.count(); i += kDims) moved.data<float>()[i] += 3;
  vectors.corrupted = {vectors.test, moved};
  return vectors;
}

TEST(MeasureSpace, FindsADefectThatHidesInTheSmallestVariance) {
  const LatentSpace space = measure_space(shifted_along_the_narrow_axis(), {});
  EXPECT_GT(space.gaussian_auroc, 0.95);
  EXPECT_LT(space.knn_auroc, space.gaussian_auroc - 0.05);  // Euclid hardly sees it
  ASSERT_EQ(space.retained.size(), 4U);
  EXPECT_GT(space.retained.front().smallest, 0.99);
  EXPECT_LT(space.retained.front().largest, 0.75);
  EXPECT_EQ(space.retained.back().kept, kDims);
  EXPECT_EQ(space.variance_shares.size(), static_cast<std::size_t>(kDims));
  EXPECT_EQ(space.components_for(0.99), kDims - 1);
  EXPECT_TRUE(std::isnan(space.outside_auroc));
}

TEST(MeasureSpace, AllComponentsTogetherAreTheGaussianScore) {
  const LatentSpace space = measure_space(shifted_along_the_narrow_axis(), {});
  EXPECT_NEAR(space.retained.back().largest, space.gaussian_auroc, 1e-12);
  EXPECT_EQ(space.retained.back().largest, space.retained.back().smallest);
}

TEST(MeasureSpace, ACorruptionThatChangesNothingMovesNothing) {
  const LatentVectors vectors = shifted_along_the_narrow_axis();
  const LatentSpace space = measure_space(vectors, {});
  EXPECT_EQ(space.corruptions[0].displacement, 0);
  EXPECT_EQ(space.corruptions[0].gaussian_auroc, space.gaussian_auroc);
  EXPECT_NEAR(space.corruptions[1].displacement, 3 / mean_pair_distance(vectors.normals), 1e-6);
  EXPECT_LT(space.corruptions[1].gaussian_auroc, space.gaussian_auroc);
}

TEST(MeasureSpace, WithoutAVaryingDirectionLooksOutsideOfIt) {
  LatentVectors vectors = shifted_along_the_narrow_axis();
  for (std::int64_t i = kDims - 1; i < vectors.normals.count(); i += kDims) vectors.normals.data<float>()[i] = 0;
  const LatentSpace space = measure_space(vectors, {});
  EXPECT_EQ(space.variance_shares.size(), static_cast<std::size_t>(kDims - 1));
  EXPECT_GT(space.outside_auroc, 0.99);
}

TEST(MeasureSpace, RefusesTooFewNormalsAndEqualOnes) {
  LatentVectors vectors = shifted_along_the_narrow_axis();
  vectors.normals = Tensor::full({50, kDims}, 1);
  EXPECT_THROW(measure_space(vectors, {}), Error);
  vectors.normals = cloud(kLeastNormals - 1, 0, 1);
  EXPECT_THROW(measure_space(vectors, {}), Error);
}

TEST(MapOf, SpreadsTheFirstAxisMostAndFillsMissingOnesWithZeros) {
  const Tensor map = map_of(cloud(30, 0, 4));
  ASSERT_EQ(map.shape(), (Shape{30, 3}));
  double first = 0, third = 0;
  for (std::int64_t i = 0; i < 30; ++i) {
    first += std::pow(map.data<float>()[3 * i], 2);
    third += std::pow(map.data<float>()[3 * i + 2], 2);
  }
  EXPECT_GT(first, third);
  const Tensor line = map_of(Tensor::from({3, 1}, std::vector<float>{0, 1, 5}));
  EXPECT_EQ(line.data<float>()[1], 0);
  EXPECT_EQ(line.data<float>()[8], 0);
}

class Latent : public Pipeline {
 protected:
  std::vector<NamedModel> models() const {
    return {{"knn", fit_model(dataset_, options("knn"), {}).model},
            {"gaussian", fit_model(dataset_, options("gaussian"), {}).model}};
  }
};

TEST_F(Latent, StudiesEveryLayerOfEveryModelTheSameWayTwice) {
  const std::vector<NamedModel> given = models();
  const LatentStudy study = latent_study(given, dataset_, {}, {});
  std::size_t layers = 0;
  for (const NamedModel& named : given) layers += named.model.stage().network.graph.outputs.size();
  ASSERT_EQ(study.spaces.size(), layers);
  EXPECT_EQ(study.test_good, 4);
  EXPECT_EQ(study.test_defective, 4);
  EXPECT_EQ(study.points.size(), 20U);
  for (const LatentSpace& space : study.spaces) {
    EXPECT_EQ(space.gaussian_auroc, 1) << space.layer;
    EXPECT_EQ(space.corruptions.size(), 5U);
    EXPECT_EQ(space.map.shape(), (Shape{20, 3}));
  }
  EXPECT_EQ(json_from_latent_study(latent_study(given, dataset_, {}, {})), json_from_latent_study(study));
}

TEST_F(Latent, WithoutDefectsLeavesEveryAurocUndefined) {
  std::erase_if(dataset_.samples, [](const Sample& sample) { return sample.is_defect(); });
  for (const LatentSpace& space : latent_study(models(), dataset_, {}, {}).spaces) {
    EXPECT_TRUE(std::isnan(space.gaussian_auroc) && std::isnan(space.overlap.defects));
    EXPECT_TRUE(std::isfinite(space.two_nn) && std::isfinite(space.corruptions[0].displacement));
  }
}

TEST_F(Latent, RefusesTooFewNormalsNoTestImagesAndLeakedOnes) {
  const std::vector<NamedModel> given = models();
  const auto refusal = [&](const Dataset& dataset) -> std::string {
    try {
      latent_study(given, dataset, {}, {});
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  Dataset few = dataset_, untested = dataset_, leaked = dataset_;
  keep_normals(few, 11);
  std::erase_if(untested.samples, [](const Sample& sample) { return sample.role == Role::Test; });
  leaked.samples.front().role = Role::Test;
  sort_samples(leaked);
  EXPECT_THAT(refusal(few), HasSubstr("11 good images to learn from, 12 are needed"));
  EXPECT_THAT(refusal(untested), HasSubstr("no test images"));
  EXPECT_THAT(refusal(leaked), HasSubstr("--allow-leakage"));
}

TEST_F(Latent, AnAutoEncoderThatGivesPicturesIsAskedForItsInnerLayer) {
  std::vector<NamedModel> given = models();
  given.pop_back();
  nn::Graph& graph = given.front().model.stage().network.graph;
  const double seen = latent_study(given, dataset_, {}, {}).spaces.front().two_nn;
  graph.outputs.front().name = "reconstruction";
  for (const char* inner : {"encoder.latent", "encoder.mean"}) {
    graph.nodes[static_cast<std::size_t>(graph.outputs.front().node)].name = inner;
    const LatentStudy study = latent_study(given, dataset_, {}, {});
    ASSERT_EQ(study.spaces.size(), 1U) << inner;
    EXPECT_EQ(study.spaces.front().layer, "latent");
    EXPECT_EQ(study.spaces.front().two_nn, seen);
  }
}

TEST_F(Latent, PicturesAreNoLatentSpaces) {
  std::vector<NamedModel> given = models();
  given.pop_back();
  given.front().model.stage().network.graph.outputs.front().name = "reconstruction";
  EXPECT_THROW(latent_study(given, dataset_, {}, {}), Error);
}

}  // namespace
}  // namespace vigie
