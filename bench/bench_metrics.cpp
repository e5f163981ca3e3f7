#include <fmt/format.h>

#include "bench.h"
#include "vigie/core/random.h"
#include "vigie/metrics/overlap.h"
#include "vigie/metrics/scores.h"

namespace vigie::bench {

void bench_metrics() {
  constexpr std::int64_t side = 900;
  std::vector<ScoredMap> images;
  Random random(4);
  for (int i = 0; i < 83; ++i) {
    ScoredMap image{Tensor({side, side}), Tensor::zeros({side, side}, DType::U8)};
    for (float& x : image.map.values<float>()) x = static_cast<float>(random.uniform());
    for (std::int64_t y = 100; i < 63 && y < 200; ++y)
      for (std::int64_t x = 300; x < 400; ++x) image.mask.data<std::uint8_t>()[y * side + x] = 1;
    images.push_back(std::move(image));
  }
  std::vector<float> normal, anomalous;
  for (const ScoredMap& image : images)
    for (std::int64_t i = 0; i < image.map.count(); ++i)
      (image.mask.data<std::uint8_t>()[i] != 0 ? anomalous : normal).push_back(image.map.data<float>()[i]);
  const double auroc = median_seconds(1, [&] { (void)SortedScores(normal, anomalous).auroc(); });
  const double pro = median_seconds(1, [&] { (void)aupro(images); });
  fmt::print("83 maps of 900x900 (67 M pixels): AUROC {:.2f} s, AUPRO {:.2f} s\n", auroc, pro);
}

}  // namespace vigie::bench
