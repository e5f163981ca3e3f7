// Floors on real images under the paper protocol (docs/accuracy.md has the numbers measured). They are wide enough for
// another processor's rounding, and narrow enough that a wrong layer, crop or smoothing falls through.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "vigie/pipeline/benchmark.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Case {
  std::string name;
  std::string category;  ///< below shared/data
  std::string detector;
  json options;
  double image_auroc, pixel_auroc, aupro_anomalous;  ///< floors
  double peak_bytes = 0;                             ///< ceiling of the fit's memory; 0: none
  std::string backbone = "resnet18";
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

std::optional<fs::path> shared_folder() {
  const char* shared = std::getenv("VIGIE_SHARED");
  if (shared == nullptr || !fs::exists(fs::path(shared) / "data")) return std::nullopt;
  return fs::path(shared);
}

BenchmarkOptions benchmark_of(const fs::path& shared, const Case& c) {
  setenv("VIGIE_WEIGHTS", (shared / "weights").c_str(), 1);
  BenchmarkOptions options;
  options.data = {shared / "data" / c.category};
  options.detectors = {c.detector};
  options.backbones = {c.backbone};
  options.detector_options = {{c.detector, c.options}};
  options.fit.protocol = "paper";
  options.fit.holdout = 0.05;  // no floor here rests on the thresholds, and spade is slow
  options.reports = false;
  return options;
}

std::vector<RunRecord> run(const BenchmarkOptions& options, const Case& c) {
  const fs::path out = fs::path(testing::TempDir()) / ("vigie_accuracy_" + c.name);
  fs::remove_all(out);
  const auto records = run_benchmark(options, out, {}, [](const std::string& line) { fmt::print("{}\n", line); });
  fs::remove_all(out);
  for (const RunRecord& record : records)
    fmt::print("{} {}: image {:.4f} pixel {:.4f} aupro_anomalous {:.4f} fit {:.1f} s peak {:.0f} MB\n", c.name,
               record.precision, record.evaluation.image_auroc, record.evaluation.pixel_auroc,
               record.evaluation.aupro_anomalous, record.fit_seconds,
               static_cast<double>(record.peak_memory_bytes) / 1e6);
  return records;
}

class Accuracy : public testing::TestWithParam<Case> {};

TEST_P(Accuracy, ReachesItsFloors) {
  const Case& c = GetParam();
  const auto shared = shared_folder();
  if (!shared) GTEST_SKIP() << "VIGIE_SHARED names no folder with data/ and weights/";
  const RunRecord record = run(benchmark_of(*shared, c), c).front();
  EXPECT_GE(record.evaluation.image_auroc, c.image_auroc);
  EXPECT_GE(record.evaluation.pixel_auroc, c.pixel_auroc);
  EXPECT_GE(record.evaluation.aupro_anomalous, c.aupro_anomalous);
  if (c.peak_bytes > 0) {
    EXPECT_LT(static_cast<double>(record.peak_memory_bytes), c.peak_bytes);
  }
}

class Int8Accuracy : public testing::TestWithParam<Case> {};

TEST_P(Int8Accuracy, StaysWithF32) {
  const Case& c = GetParam();
  const auto shared = shared_folder();
  if (!shared) GTEST_SKIP() << "VIGIE_SHARED names no folder with data/ and weights/";
  BenchmarkOptions options = benchmark_of(*shared, c);
  options.precisions = {"f32"};
  if (runs_here(Precision::Int8)) options.precisions.push_back("int8");
  const auto records = run(options, c);
  if (records.size() == 1) return;  // nothing to compare on this processor: what vigie does here is f32
  EXPECT_NEAR(records[1].evaluation.image_auroc, records[0].evaluation.image_auroc, c.image_auroc);
  EXPECT_NEAR(records[1].evaluation.pixel_auroc, records[0].evaluation.pixel_auroc, c.pixel_auroc);
}

const json kOnePercent = {{"coreset_ratio", 0.01}};

INSTANTIATE_TEST_SUITE_P(
    RealImages, Accuracy,
    testing::Values(
        Case{"bottle_padim", "mvtec_ad/bottle", "padim", json::object(), .993, .978, .90},
        Case{"bottle_patchcore_10", "mvtec_ad/bottle", "patchcore", json::object(), .995, .974, .88, 1.5e9},
        Case{"bottle_patchcore_1", "mvtec_ad/bottle", "patchcore", kOnePercent, .995, .974, .88},
        Case{"bottle_spade_1", "mvtec_ad/bottle", "spade", {{"neighbours", 1}}, 0, .93, 0},
        Case{"bottle_spade_5", "mvtec_ad/bottle", "spade", {{"neighbours", 5}}, 0, .93, 0},
        Case{"bottle_spade_50", "mvtec_ad/bottle", "spade", {{"neighbours", 50}}, 0, .93, 0},
        Case{"screw_padim", "mvtec_ad/screw", "padim", json::object(), .73, .968, 0},
        Case{"screw_patchcore_1", "mvtec_ad/screw", "patchcore", kOnePercent, .92, .978, 0},
        Case{"tile_padim", "magnetic_tile", "padim", json::object(), .75, .73, 0},
        Case{"tile_patchcore_1", "magnetic_tile", "patchcore", kOnePercent, .88, .78, 0},
        Case{"bottle_patchcore_1_scout", "mvtec_ad/bottle", "patchcore", kOnePercent, .995, .972, .85, 0, "scout"},
        Case{"screw_patchcore_1_scout", "mvtec_ad/screw", "patchcore", kOnePercent, .90, .976, 0, 0, "scout"},
        Case{"tile_patchcore_1_scout", "magnetic_tile", "patchcore", kOnePercent, .85, .80, 0, 0, "scout"}),
    [](const testing::TestParamInfo<Case>& tested) { return tested.param.name; });

// Here the numbers are the largest differences allowed. The tiles come in many sizes and places, so that padim's
// Gaussians are wide and its scores move with little: measured .004, upwards.
INSTANTIATE_TEST_SUITE_P(
    RealImages, Int8Accuracy,
    testing::Values(Case{"bottle_padim_int8", "mvtec_ad/bottle", "padim", json::object(), .003, .002, 0},
                    Case{"bottle_patchcore_1_int8", "mvtec_ad/bottle", "patchcore", kOnePercent, .003, .002, 0},
                    Case{"screw_padim_int8", "mvtec_ad/screw", "padim", json::object(), .003, .002, 0},
                    Case{"screw_patchcore_1_int8", "mvtec_ad/screw", "patchcore", kOnePercent, .003, .002, 0},
                    Case{"tile_padim_int8", "magnetic_tile", "padim", json::object(), .006, .002, 0},
                    Case{"tile_patchcore_1_int8", "magnetic_tile", "patchcore", kOnePercent, .003, .002, 0}),
    [](const testing::TestParamInfo<Case>& tested) { return tested.param.name; });

}  // namespace
}  // namespace vigie
