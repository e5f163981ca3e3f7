#include <fmt/format.h>

#include "bench.h"
#include "vigie/core/random.h"
#include "vigie/search/coreset.h"
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

void bench_nearest() {
  fmt::print("{:<34} {:>10} {:>12} {:>8}\n", "nearest neighbour, 784 x 384-d", "ms", "obvious ms", "ratio");
  const Tensor queries = clustered(784, 384, 1);
  for (const std::int64_t rows : {1'000, 10'000, 50'000}) {
    const NearestNeighbours index(clustered(rows, 384, 2));
    const double fast = median_seconds(5, [&] { index.search(queries, 1); });
    const double slow = median_seconds(1, [&] { search_brute_force(index.bank(), queries, 1); });
    fmt::print("bank of {:<26} {:>10.1f} {:>12.1f} {:>7.1f}x\n", rows, fast * 1e3, slow * 1e3, slow / fast);
  }
  fmt::print("\n");
}

void bench_coreset() {
  fmt::print("{:<34} {:>10} {:>12} {:>8}\n", "greedy k-centre, 128-d, 10 %", "s", "obvious s", "ratio");
  for (const std::int64_t rows : {5'000, 10'000, 20'000}) {
    const Tensor data = clustered(rows, 128, 3);
    const double fast = median_seconds(1, [&] { greedy_k_centre(data, rows / 10, 0, {}); });
    const double slow = median_seconds(1, [&] { greedy_k_centre_naive(data, rows / 10, 0); });
    fmt::print("{:<34} {:>10.2f} {:>12.2f} {:>7.1f}x\n", fmt::format("{} rows", rows), fast, slow, slow / fast);
  }
  fmt::print("\n");
}

}  // namespace

void bench_search() {
  bench_nearest();
  bench_coreset();
}

}  // namespace vigie::bench
