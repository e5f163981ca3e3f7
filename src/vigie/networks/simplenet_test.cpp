#include "vigie/networks/simplenet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "vigie/core/random.h"
#include "vigie/engine/engine.h"
#include "vigie/nn/builder.h"
#include "vigie/nn/passes.h"

namespace vigie {
namespace {

/// Outputs "fine" [B H W 2] and "coarse" [B H/2 W/2 3].
nn::Graph small_backbone() {
  nn::GraphBuilder b;
  const nn::Ref x = b.conv("conv1", b.input(3), {.out = 2});
  b.output("fine", x);
  b.output("coarse", b.conv("conv2", x, {.out = 3, .stride = 2}));
  return b.build();
}

Tensor positive_tensor(const Shape& shape, std::uint64_t seed) {
  Random random(seed);
  Tensor tensor(shape);
  for (float& x : tensor.values<float>()) x = static_cast<float>(random.uniform(0.1, 1));  // variances are positive
  return tensor;
}

TensorMap random_weights(const nn::Graph& graph) {
  TensorMap weights;
  for (const auto& [name, shape] : nn::parameter_shapes(graph))
    weights[name] = positive_tensor(shape, derive_seed(1, name));
  return weights;
}

TEST(SimplenetGraph, PatchesAreAveragesOnTheFirstLayersGrid) {
  const nn::Graph backbone = small_backbone(), patches = patch_graph(backbone, {"fine", "coarse"}, 3, {1, 8, 6, 3});
  const TensorMap weights = random_weights(backbone);
  const Tensor image = positive_tensor({1, 8, 6, 3}, 2);
  const std::vector<Tensor> layers = run_reference({backbone, weights}, image);
  const std::vector<Tensor> outputs = run_reference({patches, weights}, image);
  ASSERT_EQ(outputs.size(), 1u);
  ASSERT_EQ(outputs[0].shape(), (Shape{1, 8, 6, 5}));
  // Cell (3, 2) of the fine layer, channel 1; zeros beyond the border count in the corner.
  const auto mean_around = [](const Tensor& layer, std::int64_t y, std::int64_t x, std::int64_t c) {
    double sum = 0;
    for (std::int64_t v = std::max<std::int64_t>(y - 1, 0); v <= std::min(y + 1, layer.dim(1) - 1); ++v)
      for (std::int64_t u = std::max<std::int64_t>(x - 1, 0); u <= std::min(x + 1, layer.dim(2) - 1); ++u)
        sum += layer.data<float>()[(v * layer.dim(2) + u) * layer.dim(3) + c];
    return sum / 9;
  };
  const auto patch = [&](std::int64_t y, std::int64_t x, std::int64_t c) {
    return outputs[0].data<float>()[(y * 6 + x) * 5 + c];
  };
  EXPECT_NEAR(patch(3, 2, 1), mean_around(layers[0], 3, 2, 1), 1e-5);
  EXPECT_NEAR(patch(0, 0, 0), mean_around(layers[0], 0, 0, 0), 1e-5);
  // The fine corner lies outside of the coarse centres: it takes the corner's value. (1, 0) is 1/4 of the way down.
  EXPECT_NEAR(patch(0, 0, 4), mean_around(layers[1], 0, 0, 2), 1e-5);
  EXPECT_NEAR(patch(1, 0, 4), 0.75 * mean_around(layers[1], 0, 0, 2) + 0.25 * mean_around(layers[1], 1, 0, 2), 1e-5);
}

TEST(SimplenetGraph, TheServedNetworkIsItsPartsInARow) {
  const nn::Graph patches = patch_graph(small_backbone(), {"fine", "coarse"}, 3, {1, 4, 4, 3});
  const nn::Graph adaptor = adaptor_graph(5), discriminator = discriminator_graph(5, 7);
  const nn::Graph served = simplenet_graph(patches, adaptor, discriminator);
  const TensorMap weights = random_weights(served);
  const Tensor image = positive_tensor({2, 4, 4, 3}, 3);
  Tensor x = image;
  for (const nn::Graph& part : {patches, adaptor, discriminator}) x = run_reference({part, weights}, x).at(0);
  const Tensor whole = run_reference({served, weights}, image).at(0);
  ASSERT_EQ(whole.shape(), (Shape{2, 4, 4, 1}));
  for (std::int64_t i = 0; i < whole.count(); ++i)
    EXPECT_NEAR(std::as_const(whole).data<float>()[i], x.data<float>()[i], 1e-4 * std::abs(x.data<float>()[i]));
}

TEST(SimplenetGraph, OneLayerAndSinglePatchesAreTheLayerItself) {
  const nn::Graph backbone = small_backbone(), patches = patch_graph(backbone, {"coarse"}, 1, {1, 4, 4, 3});
  const TensorMap weights = random_weights(backbone);
  const Tensor image = positive_tensor({1, 4, 4, 3}, 2);
  const Tensor layer = run_reference({backbone, weights}, image).at(1);
  const Tensor same = run_reference({patches, weights}, image).at(0);
  EXPECT_TRUE(std::ranges::equal(layer.values<float>(), same.values<float>()));
}

TEST(SimplenetGraph, RefusesGridsThatDoNotDivideAndEvenPatches) {
  EXPECT_THROW(patch_graph(small_backbone(), {"fine", "coarse"}, 3, {1, 7, 8, 3}), Error);
  EXPECT_THROW(patch_graph(small_backbone(), {"coarse", "fine"}, 3, {1, 8, 8, 3}), Error);
  EXPECT_THROW(patch_graph(small_backbone(), {"fine"}, 2, {1, 8, 8, 3}), Error);
  EXPECT_THROW(patch_graph(small_backbone(), {"layer7"}, 3, {1, 8, 8, 3}), Error);
}

}  // namespace
}  // namespace vigie
