#pragma once

#include "vigie/learn/torch.h"

// Losses that methods share: differentiable functions of float tensors. Images are [B C H W], 0 … 1; scalars are means
// over the batch.
namespace vigie::learn {

/// Structural similarity of two images at every place where the whole window of 11 x 11 pixels lies inside
/// [B C H−10 W−10], −1 … 1. Gaussian window of sigma 1.5, data range 1, K1 .01, K2 .03. Paper: Wang et al. 2004.
/// Throws InvalidArgument when a side is below 11 pixels or the shapes differ.
torch::Tensor ssim_map(const torch::Tensor& a, const torch::Tensor& b);

/// Mean of ssim_map: 1 for equal images.
torch::Tensor ssim(const torch::Tensor& a, const torch::Tensor& b);

/// Multi-scale structural similarity, 0 … 1: contrast and structure on each scale, brightness on the coarsest, each
/// averaged over places and channels, to the published powers (.0448 .2856 .3001 .2363 .1333). Images too small for
/// five scales (sides below 176) use as many as they have room for, the powers scaled to sum to 1. A negative average
/// counts as 0. Paper: Wang, Simoncelli, Bovik 2003. Throws as ssim_map.
torch::Tensor ms_ssim(const torch::Tensor& a, const torch::Tensor& b);

/// Multi-scale gradient magnitude similarity, 0 … 1, 1 for equal images: per scale the mean of (2·g·r + c) / (g² + r² +
/// c) over places, where g and r are the magnitudes of the gradients (Prewitt's filters, sums divided by 3, border
/// pixels repeated outwards) of the channels' means and c = 0.0026; the mean over `scales` scales, each half of the one
/// before. What the detector `riad` maps (detectors/gradient_similarity.h). Paper: Zavrtanik, Kristan, Skočaj 2021.
/// Throws InvalidArgument when the shapes differ or a side is below 2^(scales − 1) pixels.
torch::Tensor msgms(const torch::Tensor& a, const torch::Tensor& b, std::int64_t scales = 4);

/// KL divergence of the Gaussian N(mean, exp(log_variance)) from N(0, 1), summed over the latent, mean over the batch.
/// Both [B …].
torch::Tensor kl_from_standard_normal(const torch::Tensor& mean, const torch::Tensor& log_variance);

/// 0 at step 0, 1 after `share` of `total` steps, linear between: weights that grow into a training.
double annealed(std::int64_t step, std::int64_t total, double share);

/// Binary cross-entropy of logits whose true answer is `real` for all of them. Paper: Goodfellow et al. 2014, with the
/// generator's loss that does not saturate: adversarial_loss(discriminator(fake), true).
torch::Tensor adversarial_loss(const torch::Tensor& logits, bool real);

/// logits [B K], labels [B] (int64, 0 … K − 1), class_weights [K] or undefined (all 1):
/// Σ w(label) · (−log p(label)) / Σ w(label), p = softmax of the logits.
torch::Tensor cross_entropy(const torch::Tensor& logits, const torch::Tensor& labels,
                            const torch::Tensor& class_weights = {});

/// The same with every term times (1 − p(label))^gamma, so that what is told apart well counts little; gamma >= 0, 0
/// gives cross_entropy. Focal loss, Lin et al. 2017, arXiv 1708.02002 (gamma 2).
torch::Tensor focal_loss(const torch::Tensor& logits, const torch::Tensor& labels, double gamma,
                         const torch::Tensor& class_weights = {});

/// What nt_xent pushes views away from.
struct Negatives {
  torch::Tensor defects = {};  ///< [M D], far from every view; undefined: none
  bool others = true;          ///< the views of the other images
};

/// Two views of B images, first and second [B D]: each view is to find the other of its image among the negatives by
/// its cosine / temperature: mean cross-entropy over the 2B views. temperature > 0. Throws InvalidArgument without any
/// negatives. NT-Xent of SimCLR, Chen et al. 2020, arXiv 2002.05709, which has no `defects`.
torch::Tensor nt_xent(const torch::Tensor& first, const torch::Tensor& second, double temperature,
                      const Negatives& negatives);

/// anchor, positive, negative [B D]: mean of max(0, |a − p|² − |a − n|² + margin). FaceNet, Schroff et al. 2015, arXiv
/// 1503.03832.
torch::Tensor triplet_loss(const torch::Tensor& anchor, const torch::Tensor& positive, const torch::Tensor& negative,
                           double margin);

/// What a normalising flow costs: mean over the batch of Σ z² / 2 − the log-determinant, in nats, without the constant
/// of the normal distribution. z [B …]; log_scales: tensors [B …] whose values sum to the log-determinant of each
/// image. Dinh et al. 2017, arXiv 1605.08803.
torch::Tensor flow_loss(const torch::Tensor& z, const std::vector<torch::Tensor>& log_scales);

/// Mean of max(0, margin − output) over what is normal plus the mean of max(0, margin + output) over what is not.
/// SimpleNet's truncated l1 loss, arXiv 2303.15140, eq. 6.
torch::Tensor truncated_l1(const torch::Tensor& normal, const torch::Tensor& anomalous, double margin);

/// Mean of the largest values: those not below the `share`-quantile (0 … 1, linear between values), so that learning
/// goes where it is needed. 0 gives the mean, 1 the largest alone. Any shape. The hard feature loss of EfficientAD
/// (Batzner et al. 2023, arXiv 2303.14535) for the squared differences of student and teacher, share .999.
torch::Tensor mean_of_largest(const torch::Tensor& values, double share);

}  // namespace vigie::learn
