#include "vigie/detectors/fit_cost.h"

#include <gmock/gmock.h>

#include "vigie/core/memory.h"
#include "vigie/detectors/feature_layout.h"
#include "vigie/detectors/synthetic_features.h"

namespace vigie {
namespace {

using testing::HasSubstr;

/// Methods that keep what grows with the images or the grid.
const std::vector<std::string> kCostly = {"patchcore", "padim", "spade", "gaussian"};

std::int64_t bytes_of(const DetectorState& state) {
  std::int64_t bytes = 0;
  for (const auto& [name, tensor] : state.tensors) bytes += static_cast<std::int64_t>(tensor.bytes());
  return bytes;
}

TEST(FitCost, WhatIsKeptIsTheStateAndNotMuchMore) {
  for (const std::string& name : kCostly) {
    const auto detector = detector_info(name).create(nlohmann::json::object());
    const Features normals = synthetic_features(detector->layers(), 10, 1);
    const FitCost cost = detector->fit_cost({layout_of(normals, name), 10});
    detector->fit(StoredFeatures(normals, 4), {});
    const auto state = static_cast<double>(bytes_of(detector->state()));
    EXPECT_GT(static_cast<double>(cost.kept_bytes), 0.8 * state) << name;  // small vectors are not counted
    EXPECT_GE(cost.bytes, cost.kept_bytes) << name;
    // patchcore's index adds D + 168 bytes a row, which is much beside few dimensions
    EXPECT_LT(static_cast<double>(cost.kept_bytes), (name == "patchcore" ? 8 : 1.3) * state) << name;
  }
}

TEST(FitCost, TwiceTheImagesCostUpToFourTimesTheWork) {
  for (const DetectorInfo& info : detectors()) {
    if (info.training) continue;
    const auto detector = info.create(nlohmann::json::object());
    const FeatureLayout layout = layout_of(synthetic_features(detector->layers(), 1, 1), info.name);
    const FitCost some = detector->fit_cost({layout, 200}), more = detector->fit_cost({layout, 400});
    EXPECT_GT(more.fit_work, some.fit_work) << info.name;
    EXPECT_LE(more.fit_work, 4 * some.fit_work) << info.name;
    EXPECT_GE(more.predict_work, some.predict_work) << info.name;
    EXPECT_LE(more.predict_work, 2 * some.predict_work) << info.name;
    EXPECT_GE(more.bytes, some.bytes) << info.name;
    EXPECT_GT(some.predict_work, 0) << info.name;
  }
}

TEST(FitCost, AFitThatDoesNotFitIsRefusedWithWhatHelps) {
  for (const auto& [name, help] : {std::pair("patchcore", "bank_bytes"), std::pair("padim", "lower dims")}) {
    const auto detector = detector_info(name).create(nlohmann::json::object());
    const Features normals = synthetic_features(detector->layers(), 10, 1);
    const AssumedMemory little(10'000);
    try {
      detector->fit(StoredFeatures(normals, 4), {});
      FAIL() << name << ": no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::InvalidArgument);
      EXPECT_THAT(error.what(),
                  testing::AllOf(HasSubstr("10.0 kB are available"), HasSubstr("fewer images"), HasSubstr(help)));
    }
  }
}

}  // namespace
}  // namespace vigie
