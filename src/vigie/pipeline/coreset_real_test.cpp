#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "vigie/backbones/backbone.h"
#include "vigie/detectors/patch_embedding.h"
#include "vigie/pipeline/image_features.h"
#include "vigie/search/coreset.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;

/// Patch vectors [N D] of the first images of a folder, as PatchCore makes them with resnet18.
Tensor patch_rows(std::span<const Sample> images, std::size_t count) {
  images = images.first(std::min(images.size(), count));
  const Engine engine(load_backbone("resnet18", {"layer2", "layer3"}).network);
  const PatchEmbedding embedding;
  Tensor rows;
  for_each_batch(images, Preprocess::paper(), {}, 4, [&](const Tensor& inputs, std::int64_t first) {
    const Tensor batch = embedding.embed(engine.run(inputs));
    const std::int64_t per_image = batch.dim(1) * batch.dim(2), dims = batch.dim(3);
    if (rows.empty()) rows = Tensor({static_cast<std::int64_t>(images.size()) * per_image, dims});
    std::ranges::copy(batch.values<float>(), rows.data<float>() + first * per_image * dims);
  });
  return rows;
}

TEST(Coreset, EqualsTheNaiveSelectionOnFeaturesOfRealImages) {
  const char* shared = std::getenv("VIGIE_SHARED");
  if (shared == nullptr) GTEST_SKIP() << "VIGIE_SHARED does not name the folder with data and weights";
  const fs::path bottle = fs::path(shared) / "data/mvtec_ad/bottle", weights = fs::path(shared) / "weights";
  if (!fs::exists(bottle) || !fs::exists(weights / "resnet18.safetensors"))
    GTEST_SKIP() << "no bottle images or no resnet18 weights in " << shared;
  setenv("VIGIE_WEIGHTS", weights.c_str(), 1);
  const Dataset dataset = read_dataset(bottle);
  const Tensor patches = patch_rows(dataset.normals(), 12);
  const Tensor projected = random_projection(patches, 128, 5);
  const std::int64_t picks = projected.dim(0) / 10;
  EXPECT_EQ(greedy_k_centre(projected, picks, 77, {}), greedy_k_centre_naive(projected, picks, 77));
  EXPECT_EQ(greedy_k_centre(patches, 200, 0, {}), greedy_k_centre_naive(patches, 200, 0));
}

}  // namespace
}  // namespace vigie
