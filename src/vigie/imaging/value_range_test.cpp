#include "vigie/imaging/value_range.h"

#include <gtest/gtest.h>

#include <limits>

#include "vigie/imaging/test_images.h"

namespace vigie {
namespace {

TEST(ValueRange, FindsTheExtremesWhereverTheyLie) {
  for (const std::int64_t count : {1, 31, 32, 33, 64, 100})
    for (std::int64_t at = 0; at < count; ++at) {
      Tensor values = noise_image<float>({count}, 3);
      values.data<float>()[at] = 2;
      EXPECT_EQ(value_range(values).high, 2);
      values.data<float>()[at] = -2;
      EXPECT_EQ(value_range(values).low, -2);
    }
}

TEST(ValueRange, IgnoresWhatIsNotANumber) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  const ValueRange range = value_range(Tensor::from({4}, std::vector<float>{nan, 1, -3, nan}));
  EXPECT_EQ(range.low, -3);
  EXPECT_EQ(range.high, 1);
  EXPECT_GT(value_range(Tensor::full({40}, nan)).low, value_range(Tensor::full({40}, nan)).high);
  EXPECT_THROW(value_range(Tensor::zeros({0})), Error);
}

}  // namespace
}  // namespace vigie
