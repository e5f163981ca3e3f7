#include "vigie/pipeline/profile.h"

#include <gmock/gmock.h>

#include "vigie/engine/machine_limit.h"
#include "vigie/pipeline/test_parts.h"

namespace vigie {
namespace {

using testing::HasSubstr;

TEST_F(Pipeline, AProfileTellsWhereTheTimeGoes) {
  const Inspector inspector(fit_model(dataset_, options("patchcore"), {}).model);
  const std::vector<std::filesystem::path> images = {dataset_.test()[0].image, dataset_.test()[1].image};
  const std::map<Precision, double> limits = {{Precision::F32, measure_limit(Precision::F32)}};
  const Profile found = profile(inspector, images, limits, {.repeats = 9, .streams = 2}, {});
  EXPECT_EQ(found.images, 9);
  for (const auto& [name, ms] : stages_of(found)) EXPECT_GT(ms, 0) << name;
  EXPECT_GE(found.latency_p95, found.latency);
  EXPECT_GT(found.images_per_second, 1);
  EXPECT_GT(found.backbone_rate, 0);
  EXPECT_LT(found.backbone_rate, 10 * found.limit);
  EXPECT_THAT(table_from_profiles({found}), HasSubstr("patchcore"));
  EXPECT_EQ(json_from_profile(found).at("stages_ms").size(), 6u);
  EXPECT_THROW(profile(inspector, {}, limits, {}, {}), Error);
  EXPECT_THROW(profile(inspector, images, limits, {.repeats = 1}, {}), Error);
}

TEST(MachineLimit, AFormatThatDoesNotRunHereHasNone) {
  for (const Precision precision : {Precision::F32, Precision::BF16, Precision::Int8})
    EXPECT_EQ(measure_limit(precision) > 0, runs_here(precision)) << name_of(precision);
}

}  // namespace
}  // namespace vigie
