#include "vigie/training/history.h"

#include <gtest/gtest.h>

#include "vigie/core/error.h"

namespace vigie {
namespace {

TrainingHistory example(std::int64_t points) {
  TrainingHistory history{
      .steps = points, .best_step = 3, .stopped_early = true, .images = 9, .validation = 1, .losses = {}};
  for (std::int64_t i = 1; i <= points; ++i) history.losses["train"].push_back({i, 1.0 / static_cast<double>(i)});
  return history;
}

TEST(History, ARoundTripThroughJsonKeepsEverything) {
  EXPECT_EQ(history_from_json(json_from_history(example(5))), example(5));
}

TEST(History, ThinningKeepsTheFirstAndTheLastPoint) {
  const auto curve = thinned(example(1000), 10).losses.at("train");
  ASSERT_EQ(curve.size(), 10u);
  EXPECT_EQ(curve.front().step, 1);
  EXPECT_EQ(curve.back().step, 1000);
  EXPECT_EQ(thinned(example(7), 10), example(7));
}

TEST(History, ADamagedRecordIsRefused) {
  for (const char* text :
       {"{}", "[]", R"({"steps":1,"best_step":1,"stopped_early":0,"images":1,"validation":1,"losses":{"a":[1]}})"}) {
    try {
      (void)history_from_json(nlohmann::json::parse(text));
      ADD_FAILURE() << text;
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::BadFile);
    }
  }
}

}  // namespace
}  // namespace vigie
