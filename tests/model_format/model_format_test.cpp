// Model files of every format version, as written when the version was young. They must load for ever.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "vigie/io/file.h"
#include "vigie/io/image.h"
#include "vigie/pipeline/inspector.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;

const fs::path kSamples = VIGIE_MODEL_SAMPLES;

class ModelFormat : public testing::TestWithParam<std::string> {
 protected:
  fs::path sample() const { return kSamples / (GetParam() + ".vigie"); }
};

TEST_P(ModelFormat, LoadsAndJudgesAsItDidWhenItWasWritten) {
  const Inspector inspector(load_model(sample()));
  const auto in_f32 = [](const Stage& stage) { return stage.precision == Precision::F32; };
  // Another processor may run int8 in a higher format.
  const double tolerance = std::ranges::all_of(inspector.model().stages, in_f32) ? 1e-3 : 1e-2;
  const auto expected = nlohmann::json::parse(read_file(kSamples / (GetParam() + ".json")));
  ASSERT_EQ(expected.size(), 2u);
  for (const auto& entry : expected) {
    const Verdict verdict = inspector.inspect(read_image(kSamples / entry.at("image").get<std::string>()));
    const double score = entry.at("score").get<double>();
    EXPECT_NEAR(verdict.score, score, tolerance * std::abs(score));
    EXPECT_EQ(verdict.anomalous, entry.at("anomalous").get<bool>());
    if (entry.contains("stage")) EXPECT_EQ(inspector.model().stages[verdict.stage].name, entry.at("stage"));
  }
}

TEST_P(ModelFormat, SavedAgainIsTheSameToTheByte) {
  const fs::path copy = fs::path(testing::TempDir()) / ("vigie_copy_of_" + GetParam() + ".vigie");
  save_model(copy, load_model(sample()));
  const std::string once = read_file(copy);
  save_model(copy, load_model(copy));
  EXPECT_EQ(read_file(copy), once);
  fs::remove(copy);
}

// 1: f32 patchcore. 2: int8 subspace. 3: f32 subspace, calibrated anew since its fit. 4: a cascade of 1 and 3.
INSTANTIATE_TEST_SUITE_P(Samples, ModelFormat, testing::Values("format1", "format2", "format3", "format4"),
                         [](const testing::TestParamInfo<std::string>& tested) { return tested.param; });

}  // namespace
}  // namespace vigie
