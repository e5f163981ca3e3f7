// Model files of every format version, as written when the version was young. They must load for ever.
#include <gtest/gtest.h>

#include <filesystem>

#include "vigie/io/file.h"
#include "vigie/io/image.h"
#include "vigie/pipeline/inspector.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;

const fs::path kSamples = VIGIE_MODEL_SAMPLES;

TEST(ModelFormat, Version1LoadsAndJudgesAsItDidWhenItWasWritten) {
  const Inspector inspector(load_model(kSamples / "format1.vigie"));
  const auto expected = nlohmann::json::parse(read_file(kSamples / "format1.json"));
  ASSERT_EQ(expected.size(), 2u);
  for (const auto& entry : expected) {
    const Verdict verdict = inspector.inspect(read_image(kSamples / entry.at("image").get<std::string>()));
    const double score = entry.at("score").get<double>();
    EXPECT_NEAR(verdict.score, score, 1e-3 * std::abs(score));
    EXPECT_EQ(verdict.anomalous, entry.at("anomalous").get<bool>());
  }
}

TEST(ModelFormat, AModelSavedAgainIsTheSameToTheByte) {
  const fs::path copy = fs::path(testing::TempDir()) / "vigie_format1_copy.vigie";
  const Model model = load_model(kSamples / "format1.vigie");
  save_model(copy, model);
  save_model(copy, load_model(copy));
  const std::string once = read_file(copy);
  save_model(copy, load_model(copy));
  EXPECT_EQ(read_file(copy), once);
  fs::remove(copy);
}

}  // namespace
}  // namespace vigie
