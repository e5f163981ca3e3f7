#include "vigie/learn/losses.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace vigie::learn {
namespace {

/// An image [B C H W] and one that resembles it, in double, so that loops and torch may be compared closely.
torch::Tensor seeded_image(std::int64_t seed, const std::vector<std::int64_t>& shape) {
  torch::manual_seed(static_cast<std::uint64_t>(seed));
  return torch::rand(shape, torch::kFloat64);
}

torch::Tensor resembling(const torch::Tensor& image, double noise) {
  return (image + noise * (torch::rand_like(image) - 0.5)).clamp(0, 1);
}

/// Both factors of SSIM at the window whose upper left pixel is (y, x).
std::pair<double, double> similarity_at(const torch::Tensor& a, const torch::Tensor& b, std::int64_t y,
                                        std::int64_t x) {
  const auto pa = a.accessor<double, 2>(), pb = b.accessor<double, 2>();
  double weights = 0, ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
  for (std::int64_t i = 0; i < 11; ++i)
    for (std::int64_t j = 0; j < 11; ++j) {
      const double w = std::exp(-static_cast<double>((i - 5) * (i - 5) + (j - 5) * (j - 5)) / (2 * 1.5 * 1.5));
      const double va = pa[y + i][x + j], vb = pb[y + i][x + j];
      weights += w, ma += w * va, mb += w * vb, aa += w * va * va, bb += w * vb * vb, ab += w * va * vb;
    }
  ma /= weights, mb /= weights;
  const double variance_a = aa / weights - ma * ma, variance_b = bb / weights - mb * mb;
  const double covariance = ab / weights - ma * mb, c1 = 1e-4, c2 = 9e-4;
  return {(2 * ma * mb + c1) / (ma * ma + mb * mb + c1), (2 * covariance + c2) / (variance_a + variance_b + c2)};
}

/// Means over channels and places of one image [C H W]: of SSIM, and of its second factor.
std::pair<double, double> mean_similarity(const torch::Tensor& a, const torch::Tensor& b) {
  double both = 0, structure = 0, count = 0;
  for (std::int64_t c = 0; c < a.size(0); ++c)
    for (std::int64_t y = 0; y + 11 <= a.size(1); ++y)
      for (std::int64_t x = 0; x + 11 <= a.size(2); ++x) {
        const auto [l, s] = similarity_at(a[c], b[c], y, x);
        both += l * s, structure += s, ++count;
      }
  return {both / count, structure / count};
}

TEST(Losses, SsimIsItsDefinition) {
  const torch::Tensor a = seeded_image(1, {2, 3, 14, 17}), b = resembling(a, 0.4);
  const torch::Tensor map = ssim_map(a, b);
  ASSERT_EQ(map.sizes(), (std::vector<std::int64_t>{2, 3, 4, 7}));
  for (std::int64_t y = 0; y < 4; ++y)
    for (std::int64_t x = 0; x < 7; ++x) {
      const auto [l, s] = similarity_at(a[1][2], b[1][2], y, x);
      EXPECT_NEAR(map[1][2][y][x].item<double>(), l * s, 1e-9);
    }
  EXPECT_NEAR(ssim(a, b).item<double>(), (mean_similarity(a[0], b[0]).first + mean_similarity(a[1], b[1]).first) / 2,
              1e-9);
  EXPECT_NEAR(ssim(a, a).item<double>(), 1, 1e-12);
}

TEST(Losses, SsimOfFloatsAgreesWithDoubles) {
  const torch::Tensor a = seeded_image(2, {1, 3, 32, 32}), b = resembling(a, 0.1);
  const double exact = ssim(a, b).item<double>();
  EXPECT_NEAR(ssim(a.to(torch::kFloat32), b.to(torch::kFloat32)).item<double>(), exact, 1e-4);
}

TEST(Losses, SsimHasTheSlopeOfItsDifferences) {
  torch::Tensor a = seeded_image(3, {1, 1, 12, 12});
  const torch::Tensor b = resembling(a, 0.5);
  a.requires_grad_(true);
  ssim(a, b).backward();
  const double step = 1e-5;
  torch::Tensor moved = a.detach().clone();
  moved[0][0][6][5] += step;
  const double difference = (ssim(moved, b) - ssim(a.detach(), b)).item<double>() / step;
  EXPECT_NEAR(a.grad()[0][0][6][5].item<double>(), difference, 1e-4);
}

TEST(Losses, SsimRefusesWhatTheWindowDoesNotFit) {
  const torch::Tensor small = torch::rand({1, 3, 10, 20});
  EXPECT_THROW((void)ssim(small, small), Error);
  EXPECT_THROW((void)ssim(torch::rand({1, 3, 16, 16}), torch::rand({1, 1, 16, 16})), Error);
}

torch::Tensor halved(const torch::Tensor& x) {
  const std::int64_t h = x.size(1) / 2, w = x.size(2) / 2;
  torch::Tensor out = torch::zeros({x.size(0), h, w}, torch::kFloat64);
  for (std::int64_t c = 0; c < x.size(0); ++c)
    for (std::int64_t y = 0; y < h; ++y)
      for (std::int64_t i = 0; i < w; ++i)
        out[c][y][i] =
            (x[c][2 * y][2 * i] + x[c][2 * y + 1][2 * i] + x[c][2 * y][2 * i + 1] + x[c][2 * y + 1][2 * i + 1]) / 4;
  return out;
}

TEST(Losses, MultiScaleSsimIsItsDefinition) {
  const torch::Tensor a = seeded_image(4, {1, 1, 46, 45}), b = resembling(a, 0.3);
  // 46 x 45, 23 x 22, 11 x 11: three scales.
  const torch::Tensor a2 = halved(a[0]), b2 = halved(b[0]), a3 = halved(a2), b3 = halved(b2);
  const double total = 0.0448 + 0.2856 + 0.3001;
  const double expected = std::pow(mean_similarity(a[0], b[0]).second, 0.0448 / total) *
                          std::pow(mean_similarity(a2, b2).second, 0.2856 / total) *
                          std::pow(mean_similarity(a3, b3).first, 0.3001 / total);
  EXPECT_NEAR(ms_ssim(a, b).item<double>(), expected, 1e-9);
  EXPECT_NEAR(ms_ssim(a, a).item<double>(), 1, 1e-12);
}

TEST(Losses, TheDistanceFromTheStandardNormalIsSummedOverTheLatentAndAveragedOverTheBatch) {
  const torch::Tensor mean = torch::tensor({{0.5, -1.0}, {2.0, 0.0}}).view({2, 2, 1, 1});
  const torch::Tensor log_variance = torch::tensor({{0.0, 1.0}, {-1.0, 0.5}}).view({2, 2, 1, 1});
  double sum = 0;
  for (int b = 0; b < 2; ++b)
    for (int i = 0; i < 2; ++i) {
      const double m = mean[b][i][0][0].item<double>(), v = log_variance[b][i][0][0].item<double>();
      sum += 0.5 * (std::exp(v) + m * m - 1 - v);
    }
  EXPECT_NEAR(kl_from_standard_normal(mean, log_variance).item<double>(), sum / 2, 1e-6);
  EXPECT_NEAR(kl_from_standard_normal(torch::zeros({3, 4}), torch::zeros({3, 4})).item<double>(), 0, 1e-7);
}

TEST(Losses, AWeightGrowsOverItsShareOfTheStepsAndThenStays) {
  EXPECT_EQ(annealed(0, 1000, 0.1), 0);
  EXPECT_EQ(annealed(50, 1000, 0.1), 0.5);
  EXPECT_EQ(annealed(100, 1000, 0.1), 1);
  EXPECT_EQ(annealed(999, 1000, 0.1), 1);
  EXPECT_EQ(annealed(0, 1000, 0), 1);
}

TEST(Losses, TheAdversarialLossIsTheCrossEntropyOfTheProbabilities) {
  const torch::Tensor logits = torch::tensor({-2.0, 0.5, 3.0}).view({3, 1, 1, 1});
  double real = 0, fake = 0;
  for (const double x : {-2.0, 0.5, 3.0}) {
    const double probability = 1 / (1 + std::exp(-x));
    real -= std::log(probability) / 3;
    fake -= std::log(1 - probability) / 3;
  }
  EXPECT_NEAR(adversarial_loss(logits, true).item<double>(), real, 1e-6);
  EXPECT_NEAR(adversarial_loss(logits, false).item<double>(), fake, 1e-6);
}

torch::Tensor drawn(std::vector<std::int64_t> shape, std::uint64_t seed) {
  torch::manual_seed(seed);
  return torch::randn(shape);
}

double at(const torch::Tensor& x, std::int64_t i, std::int64_t j) {
  return x[i][j].item<double>();
}

double cosine(const torch::Tensor& a, std::int64_t i, const torch::Tensor& b, std::int64_t j) {
  double product = 0, a_square = 0, b_square = 0;
  for (std::int64_t d = 0; d < a.size(1); ++d) {
    product += at(a, i, d) * at(b, j, d);
    a_square += at(a, i, d) * at(a, i, d);
    b_square += at(b, j, d) * at(b, j, d);
  }
  return product / std::sqrt(a_square * b_square);
}

double squared_distance(const torch::Tensor& a, const torch::Tensor& b, std::int64_t i) {
  double sum = 0;
  for (std::int64_t d = 0; d < a.size(1); ++d) sum += (at(a, i, d) - at(b, i, d)) * (at(a, i, d) - at(b, i, d));
  return sum;
}

/// From the definition; gamma 0 is the cross-entropy.
double slow_focal(const torch::Tensor& logits, const torch::Tensor& labels, double gamma,
                  const std::vector<double>& weights) {
  double sum = 0, weight_sum = 0;
  for (std::int64_t i = 0; i < logits.size(0); ++i) {
    const auto label = labels[i].item<std::int64_t>();
    double total = 0;
    for (std::int64_t k = 0; k < logits.size(1); ++k) total += std::exp(at(logits, i, k));
    const double p = std::exp(at(logits, i, label)) / total, weight = weights[static_cast<std::size_t>(label)];
    sum += weight * std::pow(1 - p, gamma) * -std::log(p);
    weight_sum += weight;
  }
  return sum / weight_sum;
}

double slow_nt_xent(const torch::Tensor& first, const torch::Tensor& second, double temperature,
                    const Negatives& negatives) {
  const std::int64_t count = first.size(0);
  const torch::Tensor views = torch::cat({first, second});
  double sum = 0;
  for (std::int64_t i = 0; i < 2 * count; ++i) {
    const std::int64_t partner = (i + count) % (2 * count);
    double total = 0;
    for (std::int64_t j = 0; j < 2 * count; ++j)
      if (j == partner || (negatives.others && j != i)) total += std::exp(cosine(views, i, views, j) / temperature);
    for (std::int64_t j = 0; negatives.defects.defined() && j < negatives.defects.size(0); ++j)
      total += std::exp(cosine(views, i, negatives.defects, j) / temperature);
    sum -= std::log(std::exp(cosine(views, i, views, partner) / temperature) / total);
  }
  return sum / static_cast<double>(2 * count);
}

TEST(Losses, CrossEntropyAndFocalLossAreTheirDefinitions) {
  const torch::Tensor logits = drawn({7, 3}, 1), labels = torch::tensor({0, 1, 2, 2, 1, 0, 0}, torch::kInt64);
  const torch::Tensor weights = torch::tensor({1.0F, 0.25F, 3.0F});
  for (const double gamma : {0.0, 0.5, 2.0}) {
    EXPECT_NEAR(focal_loss(logits, labels, gamma).item<double>(), slow_focal(logits, labels, gamma, {1, 1, 1}), 1e-6);
    EXPECT_NEAR(focal_loss(logits, labels, gamma, weights).item<double>(),
                slow_focal(logits, labels, gamma, {1, 0.25, 3}), 1e-6);
  }
  EXPECT_NEAR(cross_entropy(logits, labels, weights).item<double>(), slow_focal(logits, labels, 0, {1, 0.25, 3}), 1e-6);
}

TEST(Losses, TheFocalLossOfWhatIsCertainHasAGradient) {
  const torch::Tensor logits = torch::tensor({{60.0F, -60.0F}}).requires_grad_(true);
  focal_loss(logits, torch::zeros({1}, torch::kInt64), 0.5).backward();
  EXPECT_TRUE(torch::isfinite(logits.grad()).all().item<bool>());
}

TEST(Losses, NtXentIsItsDefinitionWithAllKindsOfNegatives) {
  const torch::Tensor first = drawn({5, 6}, 2), second = drawn({5, 6}, 3), defects = drawn({4, 6}, 4);
  for (const Negatives& negatives : {Negatives{{}, true}, Negatives{defects, true}, Negatives{defects, false}})
    EXPECT_NEAR(nt_xent(first, second, 0.2, negatives).item<double>(), slow_nt_xent(first, second, 0.2, negatives),
                1e-5);
  EXPECT_THROW((void)nt_xent(first, second, 0.2, {{}, false}), Error);
}

TEST(Losses, NtXentHasFiniteGradientsAndFallsAlongThem) {
  torch::Tensor first = drawn({4, 6}, 5).requires_grad_(true);
  const torch::Tensor second = drawn({4, 6}, 6), defects = drawn({4, 6}, 7);
  for (const bool others : {true, false}) {
    const torch::Tensor loss = nt_xent(first, second, 0.2, {defects, others});
    const torch::Tensor gradient = torch::autograd::grad({loss}, {first})[0];
    ASSERT_TRUE(torch::isfinite(gradient).all().item<bool>());
    EXPECT_LT(nt_xent(first - 0.01 * gradient, second, 0.2, {defects, others}).item<double>(), loss.item<double>());
  }
}

TEST(Losses, TripletLossIsItsDefinition) {
  const torch::Tensor anchor = drawn({6, 4}, 8), positive = drawn({6, 4}, 9), negative = drawn({6, 4}, 10);
  double expected = 0;
  bool clipped = false;
  for (std::int64_t i = 0; i < 6; ++i) {
    const double term = squared_distance(anchor, positive, i) - squared_distance(anchor, negative, i) + 0.5;
    clipped = clipped || term < 0;
    expected += std::max(0.0, term) / 6;
  }
  EXPECT_TRUE(clipped);
  EXPECT_NEAR(triplet_loss(anchor, positive, negative, 0.5).item<double>(), expected, 1e-5);
}

/// The magnitude of the gradient at (y, x) of a grey image whose border pixels are repeated outwards.
double gradient_at(const torch::Tensor& grey, std::int64_t y, std::int64_t x) {
  const auto pixels = grey.accessor<double, 2>();
  const auto pixel = [&](std::int64_t i, std::int64_t j) {
    return pixels[std::clamp<std::int64_t>(i, 0, grey.size(0) - 1)][std::clamp<std::int64_t>(j, 0, grey.size(1) - 1)];
  };
  double across = 0, down = 0;
  for (std::int64_t d = -1; d <= 1; ++d) {
    across += (pixel(y + d, x + 1) - pixel(y + d, x - 1)) / 3;
    down += (pixel(y + 1, x + d) - pixel(y - 1, x + d)) / 3;
  }
  return std::sqrt(across * across + down * down);
}

TEST(Losses, MsgmsIsItsDefinition) {
  const torch::Tensor a = seeded_image(7, {2, 3, 17, 24}), b = resembling(a, 0.4);
  double expected = 0;
  torch::Tensor fine = a, other = b;
  for (int scale = 0; scale < 3; ++scale) {
    if (scale > 0) fine = torch::stack({halved(fine[0]), halved(fine[1])});
    if (scale > 0) other = torch::stack({halved(other[0]), halved(other[1])});
    const std::int64_t height = fine.size(2), width = fine.size(3);
    for (std::int64_t i = 0; i < 2 * height * width; ++i) {
      const std::int64_t image = i / (height * width), y = i / width % height, x = i % width;
      const double g = gradient_at(fine[image].mean(0), y, x), r = gradient_at(other[image].mean(0), y, x);
      expected += (2 * g * r + 0.0026) / (g * g + r * r + 0.0026) / static_cast<double>(3 * 2 * height * width);
    }
  }
  EXPECT_NEAR(msgms(a, b, 3).item<double>(), expected, 1e-6);
  EXPECT_NEAR(msgms(a, a).item<double>(), 1, 1e-9);
}

TEST(Losses, MsgmsHasFiniteGradientsOfFlatImagesAndTheSlopeOfItsDifferences) {
  torch::Tensor flat = torch::full({1, 3, 16, 16}, 0.5, torch::kFloat64).requires_grad_(true);
  torch::Tensor a = seeded_image(8, {1, 3, 16, 16});
  const torch::Tensor b = resembling(a, 0.5);
  EXPECT_TRUE(torch::isfinite(torch::autograd::grad({msgms(flat, b)}, {flat})[0]).all().item<bool>());
  a.requires_grad_(true);
  msgms(a, b).backward();
  torch::Tensor moved = a.detach().clone();
  moved[0][1][0][5] += 1e-5;
  const double difference = (msgms(moved, b) - msgms(a.detach(), b)).item<double>() / 1e-5;
  EXPECT_NEAR(a.grad()[0][1][0][5].item<double>(), difference, 1e-4);
}

TEST(Losses, MsgmsRefusesWhatCannotBeHalved) {
  EXPECT_THROW((void)msgms(torch::rand({1, 3, 7, 20}), torch::rand({1, 3, 7, 20})), Error);
  EXPECT_THROW((void)msgms(torch::rand({1, 3, 16, 16}), torch::rand({1, 1, 16, 16})), Error);
}

TEST(Losses, AFlowCostsHalfTheSquaresLessTheLogDeterminant) {
  torch::manual_seed(4);
  const torch::Tensor z = torch::randn({2, 4, 3, 2}, torch::kFloat64), s = torch::randn({2, 2, 3, 2}, torch::kFloat64);
  double sum = 0;
  for (std::int64_t i = 0; i < z.numel(); ++i) sum += 0.5 * z.data_ptr<double>()[i] * z.data_ptr<double>()[i];
  for (std::int64_t i = 0; i < s.numel(); ++i) sum -= s.data_ptr<double>()[i];
  EXPECT_NEAR(flow_loss(z, {s}).item<double>(), sum / 2, 1e-9);
  EXPECT_NEAR(flow_loss(z, {s, -s}).item<double>(), flow_loss(z, {}).item<double>(), 1e-9);
}

TEST(Losses, TruncatedL1CostsNothingBeyondTheMargin) {
  const torch::Tensor normal = torch::tensor({0.7, 0.5, 0.1, -2.0}), anomalous = torch::tensor({-0.6, 0.25});
  EXPECT_NEAR(truncated_l1(normal, anomalous, 0.5).item<double>(), (0.4 + 2.5) / 4 + 0.75 / 2, 1e-6);
}

TEST(Losses, MeanOfLargestIsTheMeanOfWhatIsNotBelowTheQuantile) {
  const torch::Tensor values = seeded_image(17, {2, 3, 7, 5});
  for (const double share : {0.0, 0.3, 0.9, 0.999, 1.0}) {
    std::vector<double> sorted(values.data_ptr<double>(), values.data_ptr<double>() + values.numel());
    std::sort(sorted.begin(), sorted.end());
    const double position = share * static_cast<double>(sorted.size() - 1), before = std::floor(position);
    const double low = sorted[static_cast<std::size_t>(before)],
                 high = sorted[static_cast<std::size_t>(std::ceil(position))];
    const double quantile = low + (position - before) * (high - low);
    double sum = 0, count = 0;
    for (const double value : sorted)
      if (value >= quantile) sum += value, ++count;
    EXPECT_NEAR(mean_of_largest(values, share).item<double>(), sum / count, 1e-12) << share;
  }
}

TEST(Losses, MeanOfLargestLearnsFromTheLargestOnly) {
  const torch::Tensor values = seeded_image(18, {1, 2, 10, 10}).requires_grad_();
  mean_of_largest(values, 0.9).backward();
  EXPECT_EQ((values.grad() > 0).sum().item<std::int64_t>(), 20);
  EXPECT_THROW(mean_of_largest(values, 1.5), Error);
}

}  // namespace
}  // namespace vigie::learn
