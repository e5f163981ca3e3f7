#include "vigie/backbones/filters_weights.h"

#include <algorithm>
#include <array>
#include <numbers>

#include "vigie/backbones/filters.h"
#include "vigie/backbones/gabor.h"

namespace vigie {
namespace {

using namespace filter_bank;

// Root mean square before tanh on natural photographs: about 2 for structure, 1/2 for colour. So contours saturate, and
// their small displacements between good parts weigh no more than a faint scratch does.
constexpr std::array<float, kColours> kColourGain{2.2F, 10.0F, 8.0F};
constexpr float kLineGain = 192.0F;
constexpr float kEdgeGain = 80.0F;
constexpr float kChromaGain = 200.0F;
constexpr float kSecondGain = 3.0F;

/// A convolution weight that is zero until told otherwise: [out in k k].
class Weight {
 public:
  Weight(std::int64_t out, std::int64_t in, std::int64_t kernel)
      : tensor_(Tensor::zeros({out, in, kernel, kernel})), in_(in), area_(kernel * kernel) {}
  float& at(std::int64_t out, std::int64_t in) { return tensor_.data<float>()[(out * in_ + in) * area_]; }
  void set(std::int64_t out, std::int64_t in, const std::vector<float>& filter, float sign = 1.0F) {
    std::ranges::transform(filter, &at(out, in), [sign](float v) { return sign * v; });
  }
  Tensor tensor() const { return tensor_; }

 private:
  Tensor tensor_;
  std::int64_t in_;
  std::int64_t area_;
};

/// Rows: luminance, red-green, blue-yellow of 0 … 1 intensities, given colours that were divided by ImageNet's
/// deviations.
Tensor opponent_weight() {
  constexpr std::array<float, 3> deviation{0.229F, 0.224F, 0.225F};
  constexpr float third = 1.0F / 3.0F;
  constexpr float mix[3][3] = {{third, third, third}, {0.5F, -0.5F, 0.0F}, {-0.25F, -0.25F, 0.5F}};
  Weight weight(kColours, 3, 1);
  for (int row = 0; row < 3; ++row) {
    for (int c = 0; c < 3; ++c) weight.at(row, c) = mix[row][c] * deviation[c];
  }
  return weight.tensor();
}

Tensor per_colour(const std::vector<float>& filter, std::int64_t size) {
  Weight weight(kColours, 1, size);
  for (std::int64_t c = 0; c < kColours; ++c) weight.set(c, 0, filter);
  return weight.tensor();
}

/// Direction k of n, filters of the first order.
std::vector<float> bank_filter(std::int64_t k, std::int64_t n, bool odd) {
  return gabor({.size = kBankSize, .angle = std::numbers::pi * k / n, .odd = odd});
}

/// [2·kFilters 3 7 7]: every filter followed by its negative. Luminance even, odd; red-green even, odd; blue-yellow
/// even, odd.
Tensor bank_weight() {
  Weight weight(2 * kFilters, kColours, kBankSize);
  std::int64_t row = 0;
  for (std::int64_t colour = 0; colour < kColours; ++colour) {
    const std::int64_t directions = colour == 0 ? kDirections : kFewDirections;
    for (const bool odd : {false, true}) {
      for (std::int64_t k = 0; k < directions; ++k) {
        const std::vector<float> filter = bank_filter(k, directions, odd);
        weight.set(row++, colour, filter);
        weight.set(row++, colour, filter, -1.0F);
      }
    }
  }
  return weight.tensor();
}

/// Rectified filters and negatives -> energies: the signs of luminance lines stay apart, all others are joined.
Tensor energy_weight() {
  Weight weight(kEnergies, 2 * kFilters, 1);
  for (std::int64_t k = 0; k < kDirections; ++k) {
    weight.at(k, 2 * k) = kLineGain;
    weight.at(kDirections + k, 2 * k + 1) = kLineGain;
    const std::int64_t odd = 2 * (kDirections + k);
    weight.at(2 * kDirections + k, odd) = weight.at(2 * kDirections + k, odd + 1) = kEdgeGain;
  }
  for (std::int64_t colour = 0; colour < 2; ++colour) {
    for (std::int64_t k = 0; k < kFewDirections; ++k) {
      const std::int64_t row = 3 * kDirections + colour * kFewDirections + k;
      const std::int64_t even = 4 * kDirections + 4 * kFewDirections * colour + 2 * k;
      const std::int64_t odd = even + 2 * kFewDirections;
      for (const std::int64_t in : {even, even + 1, odd, odd + 1}) weight.at(row, in) = kChromaGain;
    }
  }
  return weight.tensor();
}

/// Energies -> one per direction and colour channel, whatever the phase.
Tensor oriented_weight() {
  Weight weight(kOriented, kEnergies, 1);
  for (std::int64_t k = 0; k < kDirections; ++k) {
    for (int kind = 0; kind < 3; ++kind) weight.at(k, kind * kDirections + k) = 0.5F;
  }
  for (std::int64_t k = kDirections; k < kOriented; ++k) weight.at(k, 2 * kDirections + k) = 1.0F;
  return weight.tensor();
}

/// [kOriented·kSecondFilters·2, 1, 5, 5], depthwise: per channel and direction even, -even, odd, -odd.
Tensor second_bank_weight() {
  Weight weight(kOriented * kSecondFilters * 2, 1, kSecondSize);
  std::int64_t row = 0;
  for (std::int64_t channel = 0; channel < kOriented; ++channel) {
    for (std::int64_t k = 0; k < kFewDirections; ++k) {
      for (const bool odd : {false, true}) {
        const std::vector<float> filter = gabor({.size = kSecondSize,
                                                 .wavelength = 4.0,
                                                 .sigma_across = 1.3,
                                                 .sigma_along = 1.6,
                                                 .angle = std::numbers::pi * k / kFewDirections,
                                                 .odd = odd});
        weight.set(row++, 0, filter);
        weight.set(row++, 0, filter, -1.0F);
      }
    }
  }
  return weight.tensor();
}

Tensor second_energy_weight() {
  Weight weight(kSecondEnergies, kSecondEnergies * 4, 1);
  for (std::int64_t row = 0; row < kSecondEnergies; ++row) {
    for (std::int64_t part = 0; part < 4; ++part) weight.at(row, 4 * row + part) = kSecondGain;
  }
  return weight.tensor();
}

Tensor colour_weight() {
  Weight weight(kColours, 1, 1);
  for (std::int64_t c = 0; c < kColours; ++c) weight.at(c, 0) = kColourGain[c];
  return weight.tensor();
}

}  // namespace

TensorMap filters_weights() {
  TensorMap weights{{"opponent.weight", opponent_weight()}};
  for (int i = 0; i < kScales; ++i) {
    weights[fmt::format("blur{}.weight", i + 1)] = per_colour(binomial(kBlurSize), kBlurSize);
    weights[fmt::format("bank{}.weight", i)] = bank_weight();
    weights[fmt::format("energy{}.weight", i)] = energy_weight();
  }
  for (int i = 0; i < 2; ++i) {
    weights[fmt::format("oriented{}.weight", i)] = oriented_weight();
    weights[fmt::format("second_bank{}.weight", i)] = second_bank_weight();
    weights[fmt::format("second_energy{}.weight", i)] = second_energy_weight();
  }
  for (int level = 2; level <= kScales; ++level) weights[fmt::format("colour{}.weight", level)] = colour_weight();
  return weights;
}

}  // namespace vigie
