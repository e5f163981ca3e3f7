#include "vigie/pipeline/profile.h"

#include <algorithm>
#include <chrono>

#include "vigie/core/streams.h"
#include "vigie/data/part_reading.h"
#include "vigie/pipeline/peak_memory.h"

namespace vigie {

namespace {

using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr int kWarmUp = 3;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double quantile(std::vector<double> values, double share) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

struct Times {
  double decode = 0;
  StageTimes stages;
};

double median_of_times(const std::vector<Times>& all, double (*part)(const Times&)) {
  std::vector<double> values;
  for (const Times& times : all) values.push_back(part(times));
  return quantile(std::move(values), 0.5);
}

void summarise(const std::vector<Times>& all, Profile& out) {
  out.images = static_cast<std::int64_t>(all.size());
  out.decode = median_of_times(all, [](const Times& t) { return t.decode; });
  out.stages = {median_of_times(all, [](const Times& t) { return t.stages.resize; }),
                median_of_times(all, [](const Times& t) { return t.stages.backbone; }),
                median_of_times(all, [](const Times& t) { return t.stages.detector; }),
                median_of_times(all, [](const Times& t) { return t.stages.map; }),
                median_of_times(all, [](const Times& t) { return t.stages.decision; })};
  std::vector<double> totals;
  for (const Times& times : all) totals.push_back(times.stages.total());
  out.latency = quantile(totals, 0.5);
  out.latency_p95 = quantile(totals, 0.95);
}

void measure_latency(const Inspector& inspector, const std::vector<fs::path>& images, const ProfileOptions& options,
                     const RunContext& context, Profile& out) {
  std::vector<Times> all;
  Progress progress(context, "latency", options.repeats);
  for (int i = -kWarmUp; i < options.repeats; ++i) {
    Times times;
    const auto start = Clock::now();
    const Tensor image = read_image(images[static_cast<std::size_t>(i + kWarmUp) % images.size()],
                                    reading_for(inspector.preprocess(), options.reading));
    times.decode = milliseconds_since(start);
    (void)inspector.inspect(image, &times.stages);
    if (i < 0) continue;
    all.push_back(times);
    progress.advance();
  }
  summarise(all, out);
}

void measure_throughput(const Inspector& inspector, const std::vector<fs::path>& images, const ProfileOptions& options,
                        const RunContext& context, Profile& out) {
  const int warm = kWarmUp * out.streams, total = options.repeats + warm;
  Progress progress(context, "throughput", total);
  int given = 0, done = 0;
  auto start = Clock::now();
  run_streams(
      out.streams,
      [&](const std::stop_token&) -> std::optional<int> {
        return given < total ? std::optional(given++) : std::nullopt;
      },
      [&](int i) {
        const Tensor image = read_image(images[static_cast<std::size_t>(i) % images.size()],
                                        reading_for(inspector.preprocess(), options.reading));
        return inspector.inspect(image).anomalous;
      },
      [&](bool) {
        progress.advance();
        if (++done == warm) start = Clock::now();
      });
  out.images_per_second = 1e3 * options.repeats / milliseconds_since(start);
}

}  // namespace

Profile profile(const Inspector& inspector, const std::vector<fs::path>& images,
                const std::map<Precision, double>& limits, const ProfileOptions& options, const RunContext& context) {
  const RunScope scope(context);
  VIGIE_CHECK(!images.empty(), "bench", "no images to inspect");
  VIGIE_CHECK(options.repeats >= 5, "bench", "{} repeats are too few to tell a median; use 5 or more", options.repeats);
  const Stage& stage = inspector.model().stage();
  Profile out;
  out.detector = stage.detector;
  out.backbone = stage.backbone;
  out.precision = inspector.stage().precision();
  out.height = stage.preprocess.height;
  out.width = stage.preprocess.width;
  out.threads = thread_budget();
  out.streams = options.streams > 0 ? options.streams : out.threads;
  reset_peak_memory();
  measure_latency(inspector, images, options, context, out);
  measure_throughput(inspector, images, options, context, out);
  out.peak_memory_bytes = peak_memory_bytes();
  out.backbone_flop = nn::flops_of(stage.network.graph, {1, out.height, out.width, 3});
  out.backbone_rate = 1e3 * out.backbone_flop / out.stages.backbone;
  out.limit = limits.at(out.precision);
  return out;
}

}  // namespace vigie
