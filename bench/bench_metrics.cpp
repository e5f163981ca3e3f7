#include <fmt/format.h>

#include "bench.h"
#include "peak_memory.h"
#include "pixel_maps.h"
#include "vigie/metrics/overlap.h"
#include "vigie/metrics/pixel_metrics.h"

namespace vigie::bench {

namespace {

void measure(std::int64_t maps) {
  constexpr std::int64_t side = 900;
  constexpr double kThreshold = 0.8;  // near the best F1 of such maps
  const std::vector<ImageEvidence> images = realistic_evidence(maps, side);
  std::vector<ScoredMap> scored;
  for (const ImageEvidence& image : images) scored.push_back({image.map, image.mask});
  const PeakMemory memory;
  (void)evaluate_evidence(images, {kThreshold, kThreshold});
  const auto bytes = static_cast<double>(memory.bytes());
  const double auroc = median_seconds(3, [&] { (void)pixel_metrics(scored, {{}, 0}).auroc; });
  const double pro = median_seconds(3, [&] { (void)aupro(scored); });
  const double all = median_seconds(3, [&] { (void)evaluate_evidence(images, {kThreshold, kThreshold}); });
  const auto pixels = static_cast<double>(maps * side * side);
  fmt::print("{} maps of {}x{} ({:.0f} M pixels): AUROC {:.2f} s, AUPRO {:.2f} s, whole evaluation {:.2f} s, ", maps,
             side, side, pixels / 1e6, auroc, pro, all);
  fmt::print("peak memory beside the maps {:.0f} MB ({:.2f} bytes a pixel)\n", bytes / 1e6, bytes / pixels);
}

}  // namespace

void bench_metrics() {
  measure(83);
  measure(124);
}

}  // namespace vigie::bench
