#include <fmt/format.h>

#include <cmath>

#include "bench.h"
#include "vigie/backbones/backbone.h"
#include "vigie/core/random.h"
#include "vigie/engine/engine.h"
#include "vigie/engine/machine_limit.h"
#include "vigie/engine/quantise.h"

namespace vigie::bench {

namespace {

constexpr Precision kPrecisions[] = {Precision::F32, Precision::BF16, Precision::Int8};

Tensor random_tensor(const Shape& shape, double scale, Random& random) {
  Tensor out(shape);
  for (float& x : out.values<float>()) x = static_cast<float>(scale * random.normal());
  return out;
}

// Speed does not depend on the values, so random weights do here (and only here); He's scale keeps them finite.
nn::Network with_random_weights(const nn::Graph& graph) {
  Random random(0);
  nn::Network network{graph, {}};
  for (const auto& [name, shape] : nn::parameter_shapes(graph)) {
    const double inputs = static_cast<double>(count_of(shape)) / static_cast<double>(shape[0]);
    const bool unit = name.ends_with("running_var") || (shape.size() == 1 && name.ends_with("weight"));
    network.weights[name] =
        unit ? Tensor::full(shape, 1) : random_tensor(shape, shape.size() > 1 ? std::sqrt(2 / inputs) : 0.1, random);
  }
  return nn::fold_batch_norms(network);
}

/// As fit would make it: the first layer kept, ranges from the input itself.
Engine engine_for(const nn::Network& network, Precision precision, const Tensor& input) {
  EngineOptions options{precision, {}};
  QuantiseOptions everything;
  everything.min_sqnr_db = 0;
  if (precision == Precision::Int8)
    options.quantisation = quantise(network, [&](const auto& visit) { visit(input); }, everything, {});
  return Engine(network, options);
}

}  // namespace

void bench_engine() {
  std::vector<double> limits;
  for (const Precision precision : kPrecisions) {
    limits.push_back(measure_limit(runnable(precision)));
    fmt::print("{} matrix product 2048^3: {:.0f} GFLOP/s{}\n", name_of(precision), limits.back() / 1e9,
               runs_here(precision) ? "" : fmt::format(" (runs as {})", name_of(runnable(precision))));
  }
  fmt::print("{:<16} {:>6} {:>8}", "to layer3, 224", "batch", "GFLOP");
  for (const Precision precision : kPrecisions) fmt::print(" | {:>5} ms/image  of limit", name_of(precision));
  fmt::print("\n");
  for (const char* name : {"filters", "resnet18", "resnet34", "resnet50", "wide_resnet50_2"}) {
    const nn::Graph graph = nn::select_outputs(backbone_info(name).graph(), {"layer2", "layer3"});
    const nn::Network network = with_random_weights(graph);
    const double flops = nn::flops_of(graph, {1, 224, 224, 3});
    Random random(2);
    const Tensor eight = random_tensor({8, 224, 224, 3}, 1, random);
    std::vector<Engine> engines;
    for (const Precision precision : kPrecisions) engines.push_back(engine_for(network, precision, eight.rows(0, 1)));
    for (const std::int64_t batch : {1, 8}) {
      fmt::print("{:<16} {:>6} {:>8.2f}", name, batch, flops / 1e9);
      const Tensor input = eight.rows(0, batch);
      for (std::size_t p = 0; p < engines.size(); ++p) {
        const double seconds = median_seconds(9, [&] { engines[p].run(input); }) / static_cast<double>(batch);
        fmt::print(" | {:>14.2f} {:>8.0f}%", seconds * 1e3, 100 * flops / seconds / limits[p]);
      }
      fmt::print("\n");
    }
  }
  fmt::print("\n");
}

}  // namespace vigie::bench
