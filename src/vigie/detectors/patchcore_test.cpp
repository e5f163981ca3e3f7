#include "vigie/detectors/patchcore.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "vigie/core/memory.h"
#include "vigie/detectors/patch_embedding.h"
#include "vigie/detectors/synthetic_features.h"
#include "vigie/search/approximate.h"

namespace vigie {
namespace {

PatchcoreOptions on_one_layer() {
  PatchcoreOptions options;
  options.layers = {"a"};
  options.patch_size = 1;
  options.coreset_ratio = 1;
  return options;
}

TEST(Patchcore, WithTheWholeBankIsTheDistanceToTheNearestNormalPatch) {
  PatchcoreOptions options;
  options.coreset_ratio = 1;
  const Features normals = synthetic_features(options.layers, 6, 1),
                 test = synthetic_features(options.layers, 2, 2, true);
  const auto detector = make_patchcore(options);
  detector->fit(StoredFeatures(normals, 4), {});
  const auto results = detector->predict(test);

  const PatchEmbedding embedding{3};
  const Tensor bank = embedding.embed(normals), queries = embedding.embed(test);
  const std::int64_t dims = bank.dim(3);
  for (std::int64_t b = 0; b < 2; ++b) {
    double largest = 0;
    for (std::int64_t p = 0; p < 64; ++p) {
      double nearest = 1e30;
      for (std::int64_t m = 0; m < bank.count() / dims; ++m) {
        double squared = 0;
        for (std::int64_t d = 0; d < dims; ++d)
          squared += std::pow(queries.data<float>()[(b * 64 + p) * dims + d] - bank.data<float>()[m * dims + d], 2.0);
        nearest = std::min(nearest, std::sqrt(squared));
      }
      EXPECT_NEAR(results[b].map.data<float>()[p], nearest, 1e-5 * nearest);
      largest = std::max(largest, nearest);
    }
    EXPECT_NEAR(results[b].score, largest, 1e-5 * largest);
  }
}

TEST(Patchcore, TheBankIsACoresetOfTheWantedSize) {
  for (const std::int64_t projection : {0, 8, 128}) {
    PatchcoreOptions options;
    options.coreset_ratio = 0.25;
    options.projection_dim = projection;
    const auto detector = make_patchcore(options);
    const Features normals = synthetic_features(options.layers, 10, 1);
    detector->fit(StoredFeatures(normals, 4), {});
    const Tensor bank = detector->state().tensors.at("bank");
    ASSERT_EQ(bank.shape(), (Shape{160, 36}));
    const Tensor patches = PatchEmbedding{3}.embed(normals);
    std::set<std::vector<float>> all, kept;  // every bank row is a normal patch, none twice
    for (std::int64_t i = 0; i < 640; ++i)
      all.emplace(patches.data<float>() + i * 36, patches.data<float>() + (i + 1) * 36);
    for (std::int64_t i = 0; i < 160; ++i) kept.emplace(bank.data<float>() + i * 36, bank.data<float>() + (i + 1) * 36);
    EXPECT_EQ(kept.size(), 160u);
    EXPECT_TRUE(std::ranges::includes(all, kept));
  }
}

TEST(Patchcore, AnotherSeedStartsElsewhere) {
  const StoredFeatures normals(synthetic_features({"layer2", "layer3"}, 10, 1), 4);
  const auto bank = [&](std::uint64_t seed) {
    const auto detector = make_patchcore({});
    detector->fit(normals, {.seed = seed, .run = {}});
    return detector->state().tensors.at("bank").data<float>()[0];
  };
  EXPECT_EQ(bank(1), bank(1));
  EXPECT_NE(bank(1), bank(2));
}

TEST(Patchcore, ReweightingFollowsThePaper) {
  // Bank 0, 1, 10 on a line; test at 3: nearest is 1 at distance 2. The 2 rows around 1 are 1 and 0, at distances 2
  // and 3.
  PatchcoreOptions options = on_one_layer();
  options.reweight = true;
  options.reweight_neighbours = 2;
  const auto detector = make_patchcore(options);
  detector->fit(StoredFeatures({Tensor::from({3, 1, 1, 1}, std::vector<float>{0, 1, 10})}, 3), {});
  const double weight = 1 - std::exp(2.0) / (std::exp(2.0) + std::exp(3.0));
  EXPECT_NEAR(detector->predict({Tensor::from({1, 1, 1, 1}, std::vector<float>{3})})[0].score, 2 * weight, 1e-6);
}

TEST(Patchcore, AveragesOverSeveralNeighbours) {
  PatchcoreOptions options = on_one_layer();
  options.neighbours = 2;
  const auto detector = make_patchcore(options);
  detector->fit(StoredFeatures({Tensor::from({3, 1, 1, 1}, std::vector<float>{0, 1, 10})}, 3), {});
  EXPECT_FLOAT_EQ(detector->predict({Tensor::from({1, 1, 1, 1}, std::vector<float>{3})})[0].score, 2.5F);
}

TEST(Patchcore, TheAuthorsPoolingGivesVectorsOfTheTargetDimension) {
  PatchcoreOptions options;
  options.pooling = "authors";
  options.preprocess_dim = 30;
  options.target_dim = 20;
  const auto detector = make_patchcore(options);
  detector->fit(StoredFeatures(synthetic_features(options.layers, 8, 1), 4), {});
  EXPECT_EQ(detector->state().tensors.at("bank").dim(1), 20);
  const float normal = detector->predict(synthetic_features(options.layers, 1, 2))[0].score;
  EXPECT_GT(detector->predict(synthetic_features(options.layers, 1, 2, true))[0].score, normal);
}

TEST(Patchcore, AnEvenPatchSizeIsRefused) {
  PatchcoreOptions options;
  options.patch_size = 2;
  EXPECT_THROW((void)make_patchcore(options), Error);
}

TEST(Patchcore, PicksFromTheExactFeaturesAndKeepsTheOthers) {
  const Features normals = synthetic_features({"layer2", "layer3"}, 10, 1);
  Features rounded;  // as a lower precision would give them
  for (const Tensor& layer : normals) {
    rounded.push_back(layer.clone());
    for (float& x : rounded.back().values<float>()) x = std::round(x * 4) / 4;
  }
  PatchcoreOptions options;
  options.coreset_ratio = 0.1;
  options.projection_dim = 16;
  const auto exact = make_patchcore(options), lower = make_patchcore(options);
  const StoredFeatures exact_stream(normals, 4), rounded_stream(rounded, 4);
  exact->fit(exact_stream, {});
  FitContext context;
  context.exact = &exact_stream;
  lower->fit(rounded_stream, context);

  const Tensor all = PatchEmbedding{3}.embed(normals), all_rounded = PatchEmbedding{3}.embed(rounded);
  const Tensor picked = exact->state().tensors.at("bank"), kept = lower->state().tensors.at("bank");
  ASSERT_EQ(picked.shape(), kept.shape());
  const std::int64_t dims = picked.dim(1);
  for (std::int64_t row = 0; row < picked.dim(0); ++row) {
    const float* wanted = std::as_const(picked).data<float>() + row * dims;
    std::int64_t patch = 0;
    while (!std::equal(wanted, wanted + dims, std::as_const(all).data<float>() + patch * dims)) ++patch;
    EXPECT_TRUE(std::equal(std::as_const(kept).data<float>() + row * dims,
                           std::as_const(kept).data<float>() + (row + 1) * dims,
                           std::as_const(all_rounded).data<float>() + patch * dims))
        << row;
  }
}

TEST(Patchcore, BankBytesLimitTheBank) {
  const StoredFeatures normals(synthetic_features({"layer2", "layer3"}, 10, 1), 4);  // 640 patches of 36 dimensions
  for (const auto& [bytes, rows] : std::map<std::int64_t, std::int64_t>{{0, 160}, {1, 1}, {100 * 4 * 36, 100}}) {
    PatchcoreOptions options;
    options.coreset_ratio = 0.25;
    options.bank_bytes = bytes;
    const auto detector = make_patchcore(options);
    detector->fit(normals, {});
    EXPECT_EQ(detector->state().tensors.at("bank").dim(0), rows) << bytes << " bytes";
  }
}

TEST(Patchcore, MorePatchesThanMemoryAreRefusedBeforeTheyAreHeld) {
  const auto detector = make_patchcore({});
  const StoredFeatures normals(synthetic_features({"layer2", "layer3"}, 10, 1), 4);
  const AssumedMemory little(50'000);
  try {
    detector->fit(normals, {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::InvalidArgument);
    const std::string text = error.what();
    for (const char* part : {"640 patches of 36 dimensions", "50.0 kB", "fewer images", "bank_bytes"})
      EXPECT_NE(text.find(part), std::string::npos) << text;
  }
}

TEST(Patchcore, SearchesApproximatelyThroughFaiss) {
  if (!ApproximateNeighbours::available()) GTEST_SKIP() << "built without FAISS";
  const StoredFeatures normals(synthetic_features({"layer2", "layer3"}, 20, 1), 4);  // 1280 patches
  const Features test = synthetic_features({"layer2", "layer3"}, 2, 2, true);
  PatchcoreOptions options;
  options.coreset_ratio = 1;
  const auto exact = make_patchcore(options);
  exact->fit(normals, {});
  EXPECT_FALSE(exact->state().facts.contains("search_recall"));
  for (const char* search : {"ivf", "hnsw", "pq"}) {
    options.search = search;
    const auto detector = make_patchcore(options);
    detector->fit(normals, {});
    EXPECT_GT(detector->state().facts.at("search_recall").get<double>(), 0.5);
    const auto again = make_patchcore(options);
    again->set_state(detector->state());
    for (std::size_t b = 0; b < 2; ++b) {
      const float score = detector->predict(test)[b].score;
      EXPECT_GE(score, exact->predict(test)[b].score);  // a neighbour missed is a larger distance
      EXPECT_LT(score, 1.2F * exact->predict(test)[b].score);
      EXPECT_EQ(score, again->predict(test)[b].score);
    }
  }
}

TEST(Patchcore, ASmallBankIsSearchedExactlyWhateverWasAsked) {
  if (!ApproximateNeighbours::available()) GTEST_SKIP() << "built without FAISS";
  const StoredFeatures normals(synthetic_features({"layer2", "layer3"}, 10, 1), 4);
  const Features test = synthetic_features({"layer2", "layer3"}, 2, 2, true);
  PatchcoreOptions options;
  const auto exact = make_patchcore(options);
  options.search = "ivf";
  const auto asked = make_patchcore(options);
  exact->fit(normals, {});
  asked->fit(normals, {});
  EXPECT_EQ(asked->predict(test)[0].score, exact->predict(test)[0].score);
  EXPECT_FALSE(asked->state().facts.contains("search_recall"));
}

}  // namespace
}  // namespace vigie
