#include <fmt/format.h>

#include "bench.h"
#include "vigie/backbones/backbone.h"
#include "vigie/core/random.h"
#include "vigie/engine/engine.h"
#include "vigie/search/matrix_product.h"

namespace vigie::bench {

namespace {

Tensor random_tensor(const Shape& shape, double scale, Random& random) {
  Tensor out(shape);
  for (float& x : out.values<float>()) x = static_cast<float>(scale * random.normal());
  return out;
}

// Speed does not depend on the values, so random weights do here (and only here); variances must stay positive.
nn::Network with_random_weights(const nn::Graph& graph) {
  Random random(0);
  nn::Network network{graph, {}};
  for (const auto& [name, shape] : nn::parameter_shapes(graph)) {
    const bool variance = name.ends_with("running_var");
    network.weights[name] = variance ? Tensor::full(shape, 1) : random_tensor(shape, 0.02, random);
  }
  return nn::fold_batch_norms(network);
}

double matrix_product_rate() {
  constexpr std::int64_t n = 2048;
  Random random(1);
  const Tensor a = random_tensor({n, n}, 1, random), b = random_tensor({n, n}, 1, random);
  Tensor c({n, n});
  const double seconds =
      median_seconds(5, [&] { multiply(n, n, n, 1, a.data<float>(), b.data<float>(), 0, c.data<float>()); });
  return 2.0 * n * n * n / seconds;
}

}  // namespace

void bench_engine() {
  const double limit = matrix_product_rate();
  fmt::print("f32 matrix product 2048^3: {:.0f} GFLOP/s\n", limit / 1e9);
  fmt::print("{:<16} {:>6} {:>8} {:>9} {:>9} {:>9}\n", "to layer3, 224", "batch", "GFLOP", "ms/image", "GFLOP/s",
             "of that");
  for (const char* name : {"filters", "resnet18", "resnet34", "resnet50", "wide_resnet50_2"}) {
    const nn::Graph graph = nn::select_outputs(backbone_info(name).graph(), {"layer2", "layer3"});
    const Engine engine(with_random_weights(graph));
    for (const std::int64_t batch : {1, 8}) {
      Random random(2);
      const Tensor input = random_tensor({batch, 224, 224, 3}, 1, random);
      const double seconds = median_seconds(9, [&] { engine.run(input); }) / static_cast<double>(batch);
      const double flops = nn::flops_of(graph, {1, 224, 224, 3});
      fmt::print("{:<16} {:>6} {:>8.2f} {:>9.2f} {:>9.0f} {:>8.0f}%\n", name, batch, flops / 1e9, seconds * 1e3,
                 flops / seconds / 1e9, 100 * flops / seconds / limit);
    }
  }
  fmt::print("\n");
}

}  // namespace vigie::bench
