#include "vigie/backbones/gabor.h"

#include <cmath>
#include <numbers>
#include <numeric>

#include "vigie/core/error.h"

namespace vigie {

std::vector<float> gabor(const GaborSpec& spec) {
  VIGIE_CHECK(spec.size > 0 && spec.size % 2 == 1, "gabor", "the size must be odd, got {}", spec.size);
  const std::int64_t radius = spec.size / 2;
  std::vector<double> envelope;
  std::vector<double> filter;
  for (std::int64_t y = -radius; y <= radius; ++y) {
    for (std::int64_t x = -radius; x <= radius; ++x) {
      const double across = std::cos(spec.angle) * x + std::sin(spec.angle) * y;
      const double along = -std::sin(spec.angle) * x + std::cos(spec.angle) * y;
      const double a = across / spec.sigma_across;
      const double b = along / spec.sigma_along;
      const double phase = 2.0 * std::numbers::pi * across / spec.wavelength;
      envelope.push_back(std::exp(-0.5 * (a * a + b * b)));
      filter.push_back(envelope.back() * (spec.odd ? std::sin(phase) : std::cos(phase)));
    }
  }
  const auto sum = [](const std::vector<double>& v) { return std::accumulate(v.begin(), v.end(), 0.0); };
  const double offset = sum(filter) / sum(envelope);  // taken off under the envelope, so that the filter stays local
  double norm = 0.0;
  for (std::size_t i = 0; i < filter.size(); ++i) norm += std::abs(filter[i] -= offset * envelope[i]);
  std::vector<float> result;
  for (const double value : filter) result.push_back(static_cast<float>(value / norm));
  return result;
}

std::vector<float> binomial(std::int64_t size) {
  std::vector<double> row{1.0};
  while (static_cast<std::int64_t>(row.size()) < size) {
    row.push_back(0.0);
    for (std::size_t i = row.size() - 1; i > 0; --i) row[i] += row[i - 1];
  }
  const double total = std::accumulate(row.begin(), row.end(), 0.0);
  std::vector<float> result;
  for (const double a : row) {
    for (const double b : row) result.push_back(static_cast<float>(a * b / (total * total)));
  }
  return result;
}

}  // namespace vigie
