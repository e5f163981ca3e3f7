#include "vigie/pipeline/part_look.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vigie/core/error.h"

namespace vigie {
namespace {

/// Every pixel of one colour.
Tensor plain(std::int64_t height, std::int64_t width, std::vector<int> colour) {
  Tensor image({height, width, static_cast<std::int64_t>(colour.size())}, DType::U8);
  auto values = image.values<std::uint8_t>();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint8_t>(colour[i % colour.size()]);
  return image;
}

TrainingLook training_of(const std::vector<Tensor>& images) {
  TrainingLook out;
  out.least = out.most = look_of(images[0]);
  out.least_aspect = out.most_aspect = out.least.aspect();
  for (const Tensor& image : images) {
    const PartLook look = look_of(image);
    out.least.brightness = std::min(out.least.brightness, look.brightness);
    out.most.brightness = std::max(out.most.brightness, look.brightness);
    out.least.width = std::min(out.least.width, look.width);
    out.most.width = std::max(out.most.width, look.width);
  }
  return out;
}

std::vector<std::string> kinds(const TrainingLook& training, const Tensor& part) {
  std::vector<std::string> out;
  for (const Difference& difference : differences(training, look_of(part))) out.push_back(difference.kind);
  return out;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(PartLook, MeasuresSizeColourAndBrightness) {
  const PartLook look = look_of(plain(300, 500, {200, 100, 51}));
  EXPECT_EQ(look.width, 500);
  EXPECT_EQ(look.height, 300);
  EXPECT_NEAR(look.colour, 149 / 255.0, 1e-9);
  EXPECT_NEAR(look.brightness, 117 / 255.0, 1e-9);
  Tensor deep({2, 2, 1}, DType::U16);
  for (auto& value : deep.values<std::uint16_t>()) value = 13107;
  EXPECT_NEAR(look_of(deep).brightness, 0.2, 1e-9);
}

TEST(Differences, NameWhatIsOfAnotherKind) {
  const TrainingLook colour = training_of({plain(100, 100, {150, 120, 100}), plain(100, 100, {155, 125, 105})});
  EXPECT_THAT(kinds(colour, plain(100, 100, {152, 122, 102})), IsEmpty());
  EXPECT_THAT(kinds(colour, plain(100, 100, {125})), ElementsAre("colour"));
  EXPECT_THAT(kinds(colour, plain(100, 100, {125, 125, 125})), ElementsAre("colour"));  // grey saved as colour
  EXPECT_THAT(kinds(colour, plain(50, 50, {152, 122, 102})), ElementsAre("size"));
  EXPECT_THAT(kinds(colour, plain(100, 140, {152, 122, 102})), ElementsAre("size", "aspect"));
  EXPECT_THAT(kinds(colour, plain(100, 100, {76, 61, 51})), ElementsAre("exposure"));
  EXPECT_THAT(kinds(colour, plain(100, 100, {210, 190, 170})), ElementsAre("exposure"));
  const TrainingLook grey = training_of({plain(100, 100, {120})});
  EXPECT_THAT(kinds(grey, plain(100, 100, {150, 120, 100})), ElementsAre("colour"));
  EXPECT_THAT(kinds(grey, plain(100, 100, {120, 120, 120})), IsEmpty());
}

TEST(Differences, AllowWhatTheTrainingSetItselfVaries) {
  const TrainingLook wide = training_of({plain(100, 100, {90}), plain(100, 300, {150})});
  EXPECT_THAT(kinds(wide, plain(100, 340, {170})), testing::Not(testing::Contains("exposure")));
  EXPECT_THAT(kinds(wide, plain(100, 340, {120})), testing::Not(testing::Contains("size")));
  EXPECT_THAT(kinds(wide, plain(100, 400, {120})), testing::Contains("size"));
}

TEST(TrainingLook, GoesThroughJsonAndRefusesDamage) {
  const TrainingLook look = training_of({plain(100, 200, {150, 120, 100})});
  nlohmann::json provenance = {{"training_set", json_from_training_look(look)}};
  const auto read = training_look_of(provenance);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(json_from_training_look(*read), json_from_training_look(look));
  EXPECT_FALSE(training_look_of(nlohmann::json::object()).has_value());
  provenance["training_set"]["least"]["width"] = "wide";
  EXPECT_THROW(training_look_of(provenance), Error);
  provenance["training_set"] = 3;
  EXPECT_THROW(training_look_of(provenance), Error);
}

TEST(DifferenceCount, SaysEachKindOnce) {
  DifferenceCount count;
  EXPECT_EQ(count.summary(), "");
  count.add({});
  count.add({{"colour", "grey, the training set is colour"}});
  count.add({{"colour", "grey, the training set is colour"}, {"size", "5 x 5"}});
  EXPECT_EQ(count.summary(),
            "2 of 3 parts differ from the training set: 2 in colour (the first: grey, the training set is colour), "
            "1 in size (5 x 5)");
}

}  // namespace
}  // namespace vigie
