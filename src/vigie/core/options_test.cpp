#include "vigie/core/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vigie/core/error.h"

namespace vigie {
namespace {

struct SampleOptions {
  std::int64_t neighbours = 5;
  double ratio = 0.1;
  bool exact = true;
  std::string metric = "l2";
  std::vector<std::string> layers = {"layer2"};

  void describe(OptionList& list) {
    list.add("neighbours", neighbours, "K", 1, 100);
    list.add("coreset_ratio", ratio, "share kept", 0.0, 1.0);
    list.add("exact", exact, "no approximation");
    list.add("metric", metric, "distance", {"l2", "cosine"});
    list.add("layers", layers, "backbone layers");
  }
};

std::string message_of(const nlohmann::json& object) {
  try {
    (void)options_from_json<SampleOptions>(object, "sample");
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(Options, RoundTripThroughJson) {
  const nlohmann::json given = {
      {"neighbours", 9}, {"coreset_ratio", 0.25}, {"exact", false}, {"metric", "cosine"}, {"layers", {"a", "b"}}};
  EXPECT_EQ(json_from_options(options_from_json<SampleOptions>(given, "sample")), given);
}

TEST(Options, MissingKeysKeepTheirDefaults) {
  EXPECT_EQ(options_from_json<SampleOptions>({{"neighbours", 1}}, "sample").ratio, 0.1);
}

TEST(Options, AnUnknownKeyIsRefusedWithTheNearestOne) {
  EXPECT_THAT(message_of({{"coreset_ration", 0.1}}), testing::HasSubstr("did you mean 'coreset_ratio'?"));
  EXPECT_THAT(message_of({{"zzzzzzzzz", 0.1}}), testing::HasSubstr("known: neighbours, coreset_ratio"));
}

TEST(Options, ValuesOutOfRangeOrOfTheWrongTypeAreRefusedWithTheRange) {
  EXPECT_THAT(message_of({{"neighbours", 0}}), testing::HasSubstr("an integer from 1 to 100"));
  EXPECT_THAT(message_of({{"neighbours", 1.5}}), testing::HasSubstr("an integer"));
  EXPECT_THAT(message_of({{"coreset_ratio", 2}}), testing::HasSubstr("from 0 to 1"));
  EXPECT_THAT(message_of({{"metric", "l3"}}), testing::HasSubstr("one of l2, cosine"));
  EXPECT_THAT(message_of({{"exact", 1}}), testing::HasSubstr("true or false"));
  EXPECT_THAT(message_of({{"layers", "layer1"}}), testing::HasSubstr("list of texts"));
}

}  // namespace
}  // namespace vigie
