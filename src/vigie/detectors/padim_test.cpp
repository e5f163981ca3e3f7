#include "vigie/detectors/padim.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "vigie/detectors/channel_choice.h"
#include "vigie/detectors/synthetic_features.h"

namespace vigie {
namespace {

using Matrix = std::vector<std::vector<double>>;

/// xᵀ·A⁻¹·x by Gauss–Jordan elimination.
double quadratic_form(Matrix a, const std::vector<double>& x) {
  const std::size_t n = x.size();
  std::vector<double> y = x;
  for (std::size_t i = 0; i < n; ++i) {
    const double pivot = a[i][i];
    for (double& v : a[i]) v /= pivot;
    y[i] /= pivot;
    for (std::size_t r = 0; r < n; ++r) {
      if (r == i) continue;
      const double factor = a[r][i];
      for (std::size_t c = 0; c < n; ++c) a[r][c] -= factor * a[i][c];
      y[r] -= factor * y[i];
    }
  }
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += x[i] * y[i];
  return sum;
}

/// Every channel at (y, x) of layer1's grid, from the definition.
std::vector<double> vector_at(const Features& features, std::int64_t b, std::int64_t y, std::int64_t x) {
  std::vector<double> out;
  for (const Tensor& layer : features) {
    const std::int64_t scale = features[0].dim(1) / layer.dim(1), channels = layer.dim(3);
    for (std::int64_t c = 0; c < channels; ++c)
      out.push_back(layer.data<float>()[((b * layer.dim(1) + y / scale) * layer.dim(2) + x / scale) * channels + c]);
  }
  return out;
}

double reference_distance(const Features& normals, const Features& test, std::int64_t y, std::int64_t x) {
  const std::int64_t n = normals[0].dim(0);
  std::vector<std::vector<double>> samples;
  for (std::int64_t i = 0; i < n; ++i) samples.push_back(vector_at(normals, i, y, x));
  const std::size_t d = samples[0].size();
  std::vector<double> mean(d), offset = vector_at(test, 0, y, x);
  for (const auto& s : samples)
    for (std::size_t j = 0; j < d; ++j) mean[j] += s[j] / static_cast<double>(n);
  Matrix covariance(d, std::vector<double>(d));
  for (std::size_t j = 0; j < d; ++j) {
    for (std::size_t k = 0; k < d; ++k) {
      for (const auto& s : samples)
        covariance[j][k] += (s[j] - mean[j]) * (s[k] - mean[k]) / static_cast<double>(n - 1);
    }
    covariance[j][j] += 0.01;
    offset[j] -= mean[j];
  }
  return std::sqrt(quadratic_form(covariance, offset));
}

TEST(Padim, AgreesWithASlowReferenceWhenAllChannelsAreKept) {
  PadimOptions options;
  options.dims = 0;
  const Features normals = synthetic_features(options.layers, 20, 1),
                 test = synthetic_features(options.layers, 1, 2, true);
  const auto detector = make_padim(options);
  detector->fit(StoredFeatures(normals, 6), {});
  const auto results = detector->predict(test);
  double largest = 0;
  for (std::int64_t y = 0; y < 16; ++y) {
    for (std::int64_t x = 0; x < 16; ++x) {
      const double expected = reference_distance(normals, test, y, x);
      ASSERT_NEAR(results[0].map.data<float>()[y * 16 + x], expected, 1e-4 * expected);
      largest = std::max(largest, expected);
    }
  }
  EXPECT_NEAR(results[0].score, largest, 1e-4 * largest);
}

TEST(Padim, OneChannelIsTheDistanceInRegularisedStandardDeviations) {
  PadimOptions options;
  options.layers = {"a"};
  const auto detector = make_padim(options);
  detector->fit(StoredFeatures({Tensor::from({3, 1, 1, 1}, std::vector<float>{1, 3, 5})}, 3), {});
  const auto results = detector->predict({Tensor::from({1, 1, 1, 1}, std::vector<float>{7})});
  EXPECT_NEAR(results[0].score, 4 / std::sqrt(4.01), 1e-6);
}

std::vector<std::int64_t> kept_channels(std::int64_t channels, std::int64_t dims, std::int64_t seed) {
  PadimOptions options;
  options.layers = {"a"};
  options.dims = dims;
  options.seed = seed;
  const auto detector = make_padim(options);
  detector->fit(StoredFeatures({Tensor::zeros({2, 1, 1, channels})}, 2), {});
  const Tensor kept = detector->state().tensors.at("channels");
  const auto values = kept.values<std::int64_t>();
  return {values.begin(), values.end()};
}

TEST(Padim, KeepsThePublishedNumberOfChannelsByDefault) {
  EXPECT_EQ(kept_channels(448, -1, 1024).size(), 100u);
  EXPECT_EQ(kept_channels(1792, -1, 1024).size(), 550u);
  EXPECT_EQ(kept_channels(40, -1, 1024).size(), 40u);
  EXPECT_EQ(kept_channels(448, 0, 1024).size(), 448u);
}

TEST(Padim, TheChoiceOfChannelsDependsOnItsSeedAlone) {
  const auto chosen = kept_channels(448, 100, 1024);
  EXPECT_EQ(std::set<std::int64_t>(chosen.begin(), chosen.end()).size(), 100u);
  EXPECT_EQ(chosen, kept_channels(448, 100, 1024));
  EXPECT_NE(chosen, kept_channels(448, 100, 1025));
}

TEST(Padim, AStateWithImpossibleChannelsIsRefused) {
  PadimOptions options;
  options.layers = {"a"};
  const auto detector = make_padim(options);
  detector->fit(StoredFeatures({synthetic_features({"layer3"}, 4, 1)}, 2), {});
  for (const std::int64_t bad : {std::int64_t{-1}, std::int64_t{20}, std::int64_t{5}}) {
    DetectorState state = detector->state();
    state.tensors["channels"].data<std::int64_t>()[0] = bad;
    EXPECT_THROW(make_padim(options)->set_state(state), Error) << bad;
  }
}

TEST(ChannelChoice, RepeatsTheCellsOfACoarserGrid) {
  const Features features = {Tensor::from({1, 2, 2, 1}, std::vector<float>{1, 2, 3, 4}),
                             Tensor::from({1, 1, 1, 2}, std::vector<float>{8, 9})};
  const ChannelChoice choice(layout_of(features, "test"), {0, 2});
  std::vector<float> out(8);
  choice.gather(features, out.data());
  EXPECT_EQ(out, (std::vector<float>{1, 9, 2, 9, 3, 9, 4, 9}));
}

}  // namespace
}  // namespace vigie
