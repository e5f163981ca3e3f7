#include "vigie/learn/losses.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace vigie::learn {

namespace {

constexpr std::int64_t kWindow = 11;
constexpr double kSigma = 1.5;
constexpr double kC1 = 0.01 * 0.01;
constexpr double kC2 = 0.03 * 0.03;

torch::Tensor gaussian_window(const torch::Tensor& like) {
  const torch::Tensor distance = torch::arange(kWindow, torch::kFloat64) - static_cast<double>(kWindow / 2);
  const torch::Tensor window = torch::exp(-distance * distance / (2 * kSigma * kSigma));
  return (window / window.sum()).to(like.device(), like.scalar_type());
}

/// Weighted mean over every whole window [B C H W] -> [B C H−10 W−10], down the columns and then along the rows.
torch::Tensor blur(const torch::Tensor& x) {
  const std::int64_t channels = x.size(1);
  const torch::Tensor window = gaussian_window(x).repeat({channels, 1, 1, 1});
  const auto filter = [&](const torch::Tensor& in, std::int64_t height, std::int64_t width) {
    return torch::conv2d(in, window.view({channels, 1, height, width}), {}, at::IntArrayRef{1, 1},
                         at::IntArrayRef{0, 0}, at::IntArrayRef{1, 1}, channels);
  };
  return filter(filter(x, kWindow, 1), 1, kWindow);
}

/// The two factors of SSIM at every place.
struct Similarity {
  torch::Tensor brightness;
  torch::Tensor structure;  ///< contrast and structure
};

Similarity similarity(const torch::Tensor& a, const torch::Tensor& b) {
  VIGIE_CHECK(a.dim() == 4 && a.sizes() == b.sizes(), "ssim", "two images [B C H W] of one shape are needed");
  VIGIE_CHECK(a.size(2) >= kWindow && a.size(3) >= kWindow, "ssim",
              "images must have at least {} x {} pixels, got {} x {}", kWindow, kWindow, a.size(2), a.size(3));
  // One pass over the images beside each other; channels-last is several times faster on a CPU.
  const torch::Tensor all = torch::cat({a, b, a * a + b * b, a * b}, 1).contiguous(torch::MemoryFormat::ChannelsLast);
  const std::vector<torch::Tensor> means = blur(all).chunk(4, 1);
  const torch::Tensor product = means[0] * means[1];
  const torch::Tensor squares = means[0] * means[0] + means[1] * means[1];
  return {(2 * product + kC1) / (squares + kC1),
          (2 * (means[3] - product) + kC2) / ((means[2] - squares).clamp_min(0) + kC2)};
}

/// Magnitudes of the gradients of grey images [B 1 H W].
torch::Tensor gradient_magnitudes(const torch::Tensor& grey) {
  const std::int64_t height = grey.size(2), width = grey.size(3);
  // Repeats the border pixels; torch's own padding has no reproducible gradient on a graphics card.
  const torch::Tensor tall = torch::cat({grey.slice(2, 0, 1), grey, grey.slice(2, height - 1)}, 2);
  const torch::Tensor padded = torch::cat({tall.slice(3, 0, 1), tall, tall.slice(3, width - 1)}, 3);
  const torch::Tensor row = torch::tensor({-1.0, 0.0, 1.0}).repeat({3, 1}) / 3;
  const torch::Tensor filters = torch::stack({row, row.t()}).unsqueeze(1).to(grey.device(), grey.scalar_type());
  // The root has no slope at 0.
  return (torch::conv2d(padded, filters).square().sum(1, true) + 1e-12).sqrt();
}

torch::Tensor unit_rows(const torch::Tensor& x) {
  return x / x.norm(2, {1}, true).clamp_min(1e-12);
}

}  // namespace

torch::Tensor ssim_map(const torch::Tensor& a, const torch::Tensor& b) {
  const Similarity s = similarity(a, b);
  return s.brightness * s.structure;
}

torch::Tensor ssim(const torch::Tensor& a, const torch::Tensor& b) {
  return ssim_map(a, b).mean();
}

torch::Tensor ms_ssim(const torch::Tensor& a, const torch::Tensor& b) {
  constexpr std::array<double, 5> powers{0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
  std::size_t scales = 1;
  for (std::int64_t side = std::min(a.size(-2), a.size(-1)) / 2; scales < powers.size() && side >= kWindow; side /= 2)
    ++scales;
  double total = 0;
  for (std::size_t i = 0; i < scales; ++i) total += powers[i];

  torch::Tensor fine = a, other = b, result;
  for (std::size_t i = 0; i < scales; ++i) {
    const Similarity s = similarity(fine, other);
    const bool coarsest = i + 1 == scales;
    // The power's slope has no bound at 0.
    const torch::Tensor mean = (coarsest ? s.brightness * s.structure : s.structure).mean({1, 2, 3}).clamp_min(1e-6);
    const torch::Tensor factor = mean.pow(powers[i] / total);
    result = result.defined() ? result * factor : factor;
    if (coarsest) break;
    fine = torch::avg_pool2d(fine, 2);
    other = torch::avg_pool2d(other, 2);
  }
  return result.mean();
}

torch::Tensor msgms(const torch::Tensor& a, const torch::Tensor& b, std::int64_t scales) {
  constexpr double kStabiliser = 0.0026;
  VIGIE_CHECK(a.dim() == 4 && a.sizes() == b.sizes(), "msgms", "two images [B C H W] of one shape are needed");
  VIGIE_CHECK(scales >= 1 && std::min(a.size(2), a.size(3)) >> (scales - 1) >= 1, "msgms",
              "images of {} x {} pixels cannot be halved {} times", a.size(2), a.size(3), scales - 1);
  torch::Tensor grey_a = a.mean(1, true), grey_b = b.mean(1, true), sum;
  for (std::int64_t s = 0; s < scales; ++s) {
    if (s > 0) grey_a = torch::avg_pool2d(grey_a, 2);
    if (s > 0) grey_b = torch::avg_pool2d(grey_b, 2);
    const torch::Tensor g = gradient_magnitudes(grey_a), r = gradient_magnitudes(grey_b);
    const torch::Tensor similarity = ((2 * g * r + kStabiliser) / (g * g + r * r + kStabiliser)).mean();
    sum = sum.defined() ? sum + similarity : similarity;
  }
  return sum / static_cast<double>(scales);
}

torch::Tensor kl_from_standard_normal(const torch::Tensor& mean, const torch::Tensor& log_variance) {
  const torch::Tensor terms = 0.5 * (mean * mean + log_variance.exp() - 1 - log_variance);
  return terms.flatten(1).sum(1).mean();
}

double annealed(std::int64_t step, std::int64_t total, double share) {
  const double growth = share * static_cast<double>(total);
  return growth <= 0 ? 1 : std::min(1.0, static_cast<double>(step) / growth);
}

torch::Tensor adversarial_loss(const torch::Tensor& logits, bool real) {
  // −log σ(x) = softplus(−x), −log(1 − σ(x)) = softplus(x).
  return torch::softplus(real ? -logits : logits).mean();
}

torch::Tensor cross_entropy(const torch::Tensor& logits, const torch::Tensor& labels,
                            const torch::Tensor& class_weights) {
  return focal_loss(logits, labels, 0, class_weights);
}

torch::Tensor focal_loss(const torch::Tensor& logits, const torch::Tensor& labels, double gamma,
                         const torch::Tensor& class_weights) {
  const torch::Tensor log_p = torch::log_softmax(logits, 1).gather(1, labels.unsqueeze(1)).squeeze(1);
  // 1 - p is 0 for what is certain, where a power below 1 has no gradient.
  const torch::Tensor terms = gamma > 0 ? -log_p * (1 - log_p.exp()).clamp_min(1e-8).pow(gamma) : -log_p;
  if (!class_weights.defined()) return terms.mean();
  const torch::Tensor weights = class_weights.index_select(0, labels);
  return (weights * terms).sum() / weights.sum();
}

torch::Tensor nt_xent(const torch::Tensor& first, const torch::Tensor& second, double temperature,
                      const Negatives& negatives) {
  const std::int64_t count = first.size(0);
  VIGIE_CHECK((negatives.others && count > 1) || negatives.defects.defined(), "nt_xent",
              "{} image(s) and no defects: there is nothing to tell a view from; take other batch_size or validation",
              count);
  const torch::Tensor views = unit_rows(torch::cat({first, second}));
  const torch::Tensor partner =
      torch::arange(2 * count, torch::TensorOptions(torch::kInt64).device(first.device())).roll(count);
  torch::Tensor hidden = torch::eye(2 * count, views.options()).to(torch::kBool);  // a view is no negative of itself
  if (!negatives.others) hidden = torch::eye(2 * count, views.options()).roll(count, 1).logical_not();
  torch::Tensor cosines = torch::mm(views, views.t()).masked_fill(hidden, -std::numeric_limits<double>::infinity());
  if (negatives.defects.defined())
    cosines = torch::cat({cosines, torch::mm(views, unit_rows(negatives.defects).t())}, 1);
  return cross_entropy(cosines / temperature, partner);
}

torch::Tensor triplet_loss(const torch::Tensor& anchor, const torch::Tensor& positive, const torch::Tensor& negative,
                           double margin) {
  const torch::Tensor near = (anchor - positive).square().sum(1), far = (anchor - negative).square().sum(1);
  return torch::relu(near - far + margin).mean();
}

torch::Tensor flow_loss(const torch::Tensor& z, const std::vector<torch::Tensor>& log_scales) {
  torch::Tensor sum = 0.5 * z.square().sum();
  for (const torch::Tensor& log_scale : log_scales) sum = sum - log_scale.sum();
  return sum / z.size(0);
}

torch::Tensor truncated_l1(const torch::Tensor& normal, const torch::Tensor& anomalous, double margin) {
  return (margin - normal).clamp_min(0).mean() + (margin + anomalous).clamp_min(0).mean();
}

torch::Tensor mean_of_largest(const torch::Tensor& values, double share) {
  const std::int64_t count = values.numel();
  VIGIE_CHECK(count > 0 && share >= 0 && share <= 1, "mean_of_largest", "no share {} of {} values", share, count);
  // The quantile lies at this position of the ascending values; what lies at or after it is kept.
  const auto first = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count - 1)));
  return std::get<0>(values.flatten().topk(count - first, 0, true, false)).mean();
}

}  // namespace vigie::learn
