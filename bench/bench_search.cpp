#include <fmt/format.h>

#include "bench.h"
#include "vigie/core/random.h"
#include "vigie/search/batched_greedy.h"
#include "vigie/search/coreset.h"
#include "vigie/search/matrix_product.h"
#include "vigie/search/nearest.h"

namespace vigie::bench {

namespace {

// Clustered rows, as patch features are: 50 centres and noise around them.
Tensor clustered(std::int64_t rows, std::int64_t dimensions, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> centres(static_cast<std::size_t>(50 * dimensions));
  for (float& x : centres) x = static_cast<float>(3 * random.normal());
  Tensor out({rows, dimensions});
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto centre = static_cast<std::int64_t>(random.below(50)) * dimensions;
    for (std::int64_t d = 0; d < dimensions; ++d)
      out.data<float>()[i * dimensions + d] =
          centres[static_cast<std::size_t>(centre + d)] + static_cast<float>(random.normal());
  }
  return out;
}

// Rows as patch features are: strength falls along 200 directions, a little noise everywhere.
Tensor feature_like(std::int64_t rows, std::int64_t dimensions, std::uint64_t seed) {
  Random directions_random(7), random(seed);
  Tensor directions({200, dimensions}), along({rows, 200}), out({rows, dimensions});
  for (float& x : directions.values<float>()) x = static_cast<float>(directions_random.normal());
  for (std::int64_t i = 0; i < along.count(); ++i)
    along.data<float>()[i] = static_cast<float>(random.normal() / static_cast<double>(1 + i % 200));
  for (float& x : out.values<float>()) x = static_cast<float>(0.02 * random.normal());
  multiply(rows, dimensions, 200, 1, along.data<float>(), directions.data<float>(), 1, out.data<float>());
  return out;
}

void bench_bank(const char* what, const Tensor& queries, const Tensor& bank) {
  const NearestNeighbours index(bank), products(bank, {Precision::F32, false});
  SearchCounts counts;
  index.search(queries, 1, &counts);
  const double fast = median_seconds(9, [&] { index.search(queries, 1); });
  const double f32 = median_seconds(5, [&] { products.search(queries, 1); });
  const double build = median_seconds(3, [&] { const NearestNeighbours again(bank); });
  fmt::print("{:<34} {:>8.1f} {:>8.1f} {:>7.1f}x {:>10.1f} {:>10.0f} {:>9.1f}\n",
             fmt::format("{} x {}, {}", bank.dim(0), bank.dim(1), what), fast * 1e3, f32 * 1e3, f32 / fast,
             static_cast<double>(counts.measured) / static_cast<double>(queries.dim(0)), build * 1e3,
             static_cast<double>(index.bytes()) * 1e-6);
}

void bench_nearest() {
  fmt::print("{:<34} {:>8} {:>8} {:>8} {:>10} {:>10} {:>9}\n", "nearest neighbour, 784 queries", "ms", "f32 ms",
             "ratio", "measured", "build ms", "index MB");
  for (const std::int64_t dimensions : {384, 1536})
    for (const std::int64_t rows : {1'639, 16'385}) {
      bench_bank("features", feature_like(784, dimensions, 1), feature_like(rows, dimensions, 2));
      bench_bank("clusters", clustered(784, dimensions, 1), clustered(rows, dimensions, 2));
    }
  fmt::print("\n");
}

/// One selection, run once to warm up and once for the clock.
void bench_selection(const Tensor& data, std::int64_t picks, CoarseFormat format) {
  double seconds = 0, products = 0, measured = 0;
  std::int64_t rounds = 0;
  const auto select = [&] {
    BatchedGreedy greedy(data, picks, 0, format);
    while (!greedy.complete()) greedy.round({});
    rounds = greedy.cost().rounds;
    products = static_cast<double>(greedy.cost().products);
    measured = static_cast<double>(greedy.cost().distances);
  };
  seconds = median_seconds(1, select);
  const double pairs = static_cast<double>(data.dim(0)) * static_cast<double>(picks);
  fmt::print("{:<34} {:>8.3f} {:>10.0f} {:>9} {:>11.1f} {:>11.3f}\n",
             fmt::format("{} of {} rows, {}", picks, data.dim(0), format == CoarseFormat::Int8 ? "int8" : "f32"),
             seconds, 2e-9 * pairs * static_cast<double>(data.dim(1)) / seconds, picks / rounds, 100 * products / pairs,
             100 * measured / pairs);
}

/// GFLOP/s: as if every row were multiplied with every pick. Shares: of these pairs.
void bench_coreset() {
  fmt::print("{:<34} {:>8} {:>10} {:>9} {:>11} {:>11}\n", "greedy k-centre, 128-d", "s", "GFLOP/s", "per round",
             "products %", "measured %");
  const Tensor data = clustered(164'000, 128, 3);
  for (const std::int64_t share : {100, 10}) {
    const std::int64_t picks = data.dim(0) / share;
    bench_selection(data, picks, CoarseFormat::F32);
    if (fastest_coarse_format(data.dim(1)) == CoarseFormat::Int8) bench_selection(data, picks, CoarseFormat::Int8);
  }
  fmt::print("\n{:<34} {:>8} {:>10} {:>9}\n", "greedy k-centre, 128-d, 10 %", "s", "obvious s", "ratio");
  for (const std::int64_t rows : {5'000, 20'000}) {
    const Tensor some = clustered(rows, 128, 3);
    const double fast = median_seconds(3, [&] { greedy_k_centre(some, rows / 10, 0, {}); });
    const double slow = median_seconds(1, [&] { greedy_k_centre_naive(some, rows / 10, 0); });
    fmt::print("{:<34} {:>8.3f} {:>10.2f} {:>8.1f}x\n", fmt::format("{} rows", rows), fast, slow, slow / fast);
  }
  fmt::print("\n");
}

}  // namespace

void bench_search() {
  bench_nearest();
  bench_coreset();
}

}  // namespace vigie::bench
