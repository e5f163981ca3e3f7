#include "vigie/decision/postprocess.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "vigie/core/error.h"
#include "vigie/imaging/blur.h"
#include "vigie/imaging/resize.h"

namespace vigie {
namespace {

TEST(InputMap, KeepsAConstantGridConstant) {
  const Tensor map = input_map(Tensor::full({7, 5}, 2.5F), 56, 40, 4.0);
  ASSERT_EQ(map.shape(), (Shape{56, 40}));
  for (const float value : map.values<float>()) EXPECT_NEAR(value, 2.5F, 1e-5);
}

TEST(InputMap, UpsamplesBilinearlyThenSmooths) {
  Tensor grid = Tensor::zeros({4, 4});
  grid.data<float>()[5] = 1;
  const Tensor map = input_map(grid, 32, 32, 2.0);
  const Tensor expected = gaussian_blur(resize_bilinear(grid, 32, 32), 2.0);
  for (std::size_t i = 0; i < 1024; ++i) EXPECT_NEAR(map.values<float>()[i], expected.values<float>()[i], 1e-6);
  // The bump stays where its grid cell is: cell (1, 1) covers pixels 8 … 15.
  const auto values = map.values<float>();
  const auto peak = std::max_element(values.begin(), values.end()) - values.begin();
  EXPECT_NEAR(static_cast<double>(peak / 32), 11.5, 0.5);
  EXPECT_NEAR(static_cast<double>(peak % 32), 11.5, 0.5);
}

TEST(InputMap, DoesNotSmoothWithSigmaZero) {
  const Tensor grid = Tensor::from({1, 2}, std::vector<float>{0, 4});
  const Tensor map = input_map(grid, 1, 4, 0.0);
  EXPECT_EQ(map.values<float>()[0], 0);
  EXPECT_EQ(map.values<float>()[1], 1);
  EXPECT_EQ(map.values<float>()[3], 4);
}

TEST(InputMap, RefusesWhatIsNotAGrid) {
  EXPECT_THROW(input_map(Tensor::zeros({2, 2, 1}), 8, 8, 1), Error);
  EXPECT_THROW(input_map(Tensor::zeros({2, 2}, DType::U8), 8, 8, 1), Error);
  EXPECT_THROW(input_map(Tensor::zeros({2, 2}), 0, 8, 1), Error);
}

TEST(PostprocessJson, RestoresEveryField) {
  Postprocess before;
  before.sigma = 2.5;
  before.image_score = "detector";
  const Postprocess after = postprocess_from_json(nlohmann::json::parse(json_from_postprocess(before).dump()));
  EXPECT_EQ(after.sigma, 2.5);
  EXPECT_EQ(after.image_score, "detector");
}

TEST(PostprocessJson, RefusesWhatIsUnknownOrOutOfRange) {
  EXPECT_THROW(postprocess_from_json({{"sigma", 65}}), Error);
  EXPECT_THROW(postprocess_from_json({{"sigma", -1}}), Error);
  EXPECT_THROW(postprocess_from_json({{"image_score", "mean"}}), Error);
  EXPECT_THROW(postprocess_from_json({{"sigmas", 1}}), Error);
}

}  // namespace
}  // namespace vigie
