#include "vigie/core/tensor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vigie {
namespace {

TEST(Tensor, RowsShareTheMemoryOfTheWhole) {
  Tensor whole = Tensor::from({3, 2}, std::vector<float>{0, 1, 2, 3, 4, 5});
  Tensor tail = whole.rows(1, 3);
  tail.data<float>()[0] = 9;
  EXPECT_EQ(tail.shape(), (Shape{2, 2}));
  EXPECT_EQ(whole.data<float>()[2], 9);
}

TEST(Tensor, CloneIsIndependent) {
  Tensor a = Tensor::full({4}, 1);
  Tensor b = a.clone();
  b.data<float>()[0] = 7;
  EXPECT_EQ(a.data<float>()[0], 1);
}

TEST(Tensor, OwnedMemoryIsAlignedToACacheLine) {
  for (int n = 1; n < 70; n += 7) EXPECT_EQ(reinterpret_cast<std::uintptr_t>(Tensor({n}).raw()) % 64, 0u);
}

TEST(Tensor, RefusesTheWrongTypeWithBothNames) {
  const Tensor bytes = Tensor::zeros({2}, DType::U8);
  try {
    (void)bytes.data<float>();
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::InvalidArgument);
    EXPECT_THAT(e.what(), testing::HasSubstr("holds u8, asked for f32"));
  }
}

TEST(Tensor, RefusesAShapeWhoseCountOverflows) {
  EXPECT_THROW(count_of({1LL << 40, 1LL << 40}), Error);
  EXPECT_THROW(count_of({-1}), Error);
}

TEST(Tensor, ReshapeInfersOneFreeExtentAndChecksTheCount) {
  const Tensor a({2, 3, 4});
  EXPECT_EQ(a.reshaped({-1, 4}).shape(), (Shape{6, 4}));
  EXPECT_THROW(a.reshaped({5, 5}), Error);
  EXPECT_THROW(a.reshaped({-1, -1}), Error);
}

}  // namespace
}  // namespace vigie
