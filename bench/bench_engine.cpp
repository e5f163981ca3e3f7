#include <fmt/format.h>

#include "bench.h"
#include "vigie/backbones/random_weights.h"
#include "vigie/core/random.h"
#include "vigie/engine/engine.h"
#include "vigie/engine/machine_limit.h"
#include "vigie/engine/quantise.h"

namespace vigie::bench {

namespace {

constexpr Precision kPrecisions[] = {Precision::F32, Precision::BF16, Precision::Int8};

Tensor random_input(std::int64_t batch) {
  Tensor out({batch, 224, 224, 3});
  Random random(2);
  for (float& x : out.values<float>()) x = static_cast<float>(random.normal());
  return out;
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
    const nn::Network network = random_backbone(name, {"layer2", "layer3"}, 0);  // the values do not change the time
    const double flops = nn::flops_of(network.graph, {1, 224, 224, 3});
    const Tensor eight = random_input(8);
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
