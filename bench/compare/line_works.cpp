#include "line_works.h"

#include <chrono>
#include <optional>

#include "../pixel_maps.h"
#include "vigie/core/random.h"
#include "vigie/core/streams.h"
#include "vigie/data/dataset.h"
#include "vigie/metrics/pixel_metrics.h"
#include "vigie/pipeline/fit.h"
#include "vigie/pipeline/inspector.h"
#include "vigie/search/coreset.h"
#include "worker.h"

namespace vigie::bench {

namespace {

/// Milliseconds of each of `runs` parts from pixels in memory to verdict.
std::vector<double> inspect(const Inspector& inspector, const Tensor& image, int streams, int runs) {
  std::vector<double> milliseconds;
  int given = 0;
  run_streams(
      streams,
      [&](const std::stop_token&) -> std::optional<int> {
        return given < runs ? std::optional(given++) : std::nullopt;
      },
      [&](int) {
        const auto start = std::chrono::steady_clock::now();
        (void)inspector.inspect(image);
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
      },
      [&](double one) { milliseconds.push_back(one); });
  return milliseconds;
}

Tensor normal_rows(std::int64_t rows, std::int64_t dims) {
  Tensor out({rows, dims});
  Random random(1);
  for (float& x : out.values<float>()) x = static_cast<float>(random.normal());
  return out;
}

}  // namespace

void time_inspect(const CompareOptions& options) {
  const Inspector inspector = open_inspector(options.model);
  const Tensor image = read_image(read_dataset(options.parts).test().front().image);
  const int streams = static_cast<int>(options.streams);
  serve_runs({{"precision", name_of(inspector.stage().precision())}},
             [&](int runs) { return inspect(inspector, image, streams, runs); });
}

void time_fit_model(const CompareOptions& options) {
  const Dataset dataset = read_dataset(options.parts);
  FitOptions fit;
  fit.backbone = options.backbone;
  fit.precision = options.precision;
  fit.detector_options = {{"coreset_ratio", 0.05}};
  serve({{"images", dataset.normals().size()}}, [&] { (void)fit_model(dataset, fit, {}); });
}

void time_coreset(const CompareOptions&) {
  constexpr std::int64_t kRows = 41'000;
  const Tensor rows = normal_rows(kRows, 128);
  serve({{"rows", kRows}}, [&] { (void)greedy_k_centre(rows, kRows / 10, 0, {}); });
}

void time_evaluate(const CompareOptions&) {
  constexpr std::int64_t kMaps = 40, kPixels = 900;
  const std::vector<ImageEvidence> images = realistic_evidence(kMaps, kPixels);
  constexpr double kThreshold = 0.8;  // near the best F1 of such maps
  serve({{"maps", kMaps}}, [&] { (void)evaluate_evidence(images, {kThreshold, kThreshold}); });
}

}  // namespace vigie::bench
