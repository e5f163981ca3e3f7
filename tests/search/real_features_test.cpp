// The search on the features it is made for: patches of real images, against brute force.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "vigie/backbones/backbone.h"
#include "vigie/detectors/patch_embedding.h"
#include "vigie/engine/engine.h"
#include "vigie/pipeline/image_features.h"
#include "vigie/search/nearest.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;

/// Patch vectors F32 [patches D] of the first `count` samples.
Tensor patches_of(const Engine& engine, std::span<const Sample> samples, std::size_t count) {
  const std::vector<Sample> some(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(count));
  Tensor out;
  for_each_batch(some, Preprocess::paper(), {}, kBatchSize, [&](const Tensor& inputs, std::int64_t first) {
    const Tensor batch = PatchEmbedding{3}.embed(engine.run(inputs));
    const std::int64_t patches = batch.dim(1) * batch.dim(2), dims = batch.dim(3);
    if (out.empty()) out = Tensor({static_cast<std::int64_t>(count) * patches, dims});
    std::ranges::copy(batch.values<float>(), out.data<float>() + first * patches * dims);
  });
  return out;
}

TEST(RealFeatures, TheFastSearchEqualsBruteForceAndMeasuresFewRows) {
  const char* shared = std::getenv("VIGIE_SHARED");
  if (shared == nullptr || !fs::exists(fs::path(shared) / "data/mvtec_ad/bottle"))
    GTEST_SKIP() << "VIGIE_SHARED names no folder with data/mvtec_ad/bottle and weights/";
  setenv("VIGIE_WEIGHTS", (fs::path(shared) / "weights").c_str(), 1);
  const Engine engine(load_backbone("resnet18", {"layer2", "layer3"}).network);
  const Dataset bottle = read_dataset(fs::path(shared) / "data/mvtec_ad/bottle");
  const Tensor bank = patches_of(engine, bottle.normals(), 10), queries = patches_of(engine, bottle.test(), 1);
  for (const std::int64_t k : {1, 9}) {
    SearchCounts counts;
    const Neighbours fast = NearestNeighbours(bank).search(queries, k, &counts);
    const Neighbours slow = search_brute_force(bank, queries, k);
    EXPECT_TRUE(std::ranges::equal(fast.indices.values<std::int64_t>(), slow.indices.values<std::int64_t>()));
    EXPECT_TRUE(std::ranges::equal(fast.distances.values<float>(), slow.distances.values<float>()));
    EXPECT_LT(counts.measured, (40 + 4 * k) * queries.dim(0));
    EXPECT_EQ(counts.products, 0);
  }
}

}  // namespace
}  // namespace vigie
