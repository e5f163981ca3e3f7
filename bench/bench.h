#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

namespace vigie::bench {

/// Median seconds of `runs` calls after one warm-up call.
inline double median_seconds(int runs, const std::function<void()>& body) {
  body();
  std::vector<double> seconds;
  for (int i = 0; i < runs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    body();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

void bench_engine();   ///< backbones: ms, GFLOP/s, share of the matrix product's rate
void bench_search();   ///< nearest neighbours and coreset against their obvious references
void bench_imaging();  ///< preparing an image, embedding patches, maps and regions against obvious loops
void bench_metrics();  ///< AUROC and AUPRO over many pixels

}  // namespace vigie::bench
