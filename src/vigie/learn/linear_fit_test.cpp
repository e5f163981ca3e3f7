#include "vigie/learn/linear_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "vigie/core/random.h"
#include "vigie/engine/test_networks.h"

namespace vigie::learn {
namespace {

double distance(const float* a, const float* b, std::int64_t count) {
  double sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
  return std::sqrt(sum);
}

TEST(LinearFit, DistancesBecomeThoseOfATeacherThatIsLinearInTheStudent) {
  constexpr std::int64_t kCells = 400, kStudent = 3, kTeacher = 5;
  const Tensor map = random_tensor({kTeacher, kStudent}, 1), student = random_tensor({4, 10, 10, kStudent}, 2);
  Tensor teacher({4, 10, 10, kTeacher});
  const auto apply = [](const float* matrix, std::int64_t rows, const float* x, float* y, float shift) {
    for (std::int64_t r = 0; r < rows; ++r) {
      y[r] = shift;
      for (std::int64_t c = 0; c < kStudent; ++c) y[r] += matrix[r * kStudent + c] * x[c];
    }
  };
  for (std::int64_t i = 0; i < kCells; ++i)
    apply(map.data<float>(), kTeacher, student.data<float>() + i * kStudent, teacher.data<float>() + i * kTeacher, 7);
  LinearFit fit;
  fit.add(student.rows(0, 2), teacher.rows(0, 2));
  fit.add(student.rows(2, 4), teacher.rows(2, 4));
  const Tensor weight = fit.metric();
  ASSERT_EQ(weight.shape(), (Shape{kStudent, kStudent, 1, 1}));
  for (std::int64_t i = 1; i < kCells; ++i) {
    float a[kStudent], b[kStudent];
    apply(weight.data<float>(), kStudent, student.data<float>(), a, 0);
    apply(weight.data<float>(), kStudent, student.data<float>() + i * kStudent, b, 0);
    const double wanted = distance(teacher.data<float>(), teacher.data<float>() + i * kTeacher, kTeacher);
    EXPECT_NEAR(distance(a, b, kStudent), wanted, 1e-3 * wanted);
  }
}

TEST(LinearFit, FindsTheMapAndTheShift) {
  const Tensor student = random_tensor({2, 8, 8, 2}, 3);
  Tensor teacher({2, 8, 8, 1});
  for (std::int64_t i = 0; i < teacher.count(); ++i) {
    const float* f = student.data<float>() + 2 * i;
    teacher.data<float>()[i] = 3 * f[0] - 2 * f[1] + 5;
  }
  LinearFit fit;
  fit.add(student, teacher);
  EXPECT_NEAR(fit.prediction().weight[0][0].item<double>(), 3, 1e-4);
  EXPECT_NEAR(fit.prediction().weight[0][1].item<double>(), -2, 1e-4);
  EXPECT_NEAR(fit.prediction().bias[0].item<double>(), 5, 1e-4);
}

TEST(LinearFit, WithoutFeaturesThereIsNothingToFit) {
  EXPECT_THROW((void)LinearFit().prediction(), Error);
  EXPECT_THROW((void)LinearFit().metric(), Error);
}

}  // namespace
}  // namespace vigie::learn
