#include "vigie/data/near_duplicates.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "vigie/core/threads.h"
#include "vigie/data/file_facts.h"
#include "vigie/imaging/colour.h"
#include "vigie/imaging/resize.h"

namespace vigie {

namespace {

constexpr std::int64_t kSide = 32;
constexpr std::size_t kCells = kSide * kSide;
static_assert(kCells == std::tuple_size_v<Thumbnail>);
constexpr float kLeastCorrelation = 1 - 5e-4F;
constexpr float kLeastResidualCorrelation = 0.95F;

/// Mean 0 and length 1; all zero for an image of one colour.
void normalise(Thumbnail& cells) {
  const float mean = std::accumulate(cells.begin(), cells.end(), 0.0F) / static_cast<float>(kCells);
  float squares = 0;
  for (float& cell : cells) cell -= mean, squares += cell * cell;
  const float length = std::sqrt(squares);
  for (float& cell : cells) cell = length > 0 ? cell / length : 0;
}

float dot(const Thumbnail& a, const Thumbnail& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
}

/// What sets each image apart from the average one.
std::vector<Thumbnail> residuals_of(const std::vector<Thumbnail>& thumbnails) {
  Thumbnail mean{};
  for (const Thumbnail& one : thumbnails)
    for (std::size_t i = 0; i < kCells; ++i) mean[i] += one[i] / static_cast<float>(thumbnails.size());
  std::vector<Thumbnail> residuals = thumbnails;
  for (Thumbnail& one : residuals) {
    for (std::size_t i = 0; i < kCells; ++i) one[i] -= mean[i];
    normalise(one);
  }
  return residuals;
}

}  // namespace

Thumbnail thumbnail_of(const Tensor& image) {
  const Tensor small = resize_antialiased(to_rgb8(image), kSide, kSide);
  const std::uint8_t* pixel = small.data<std::uint8_t>();
  Thumbnail cells;
  for (std::size_t i = 0; i < kCells; ++i, pixel += 3) cells[i] = static_cast<float>(pixel[0] + pixel[1] + pixel[2]);
  normalise(cells);
  return cells;
}

std::vector<std::int64_t> groups_of_near_duplicates(const std::vector<Thumbnail>& thumbnails) {
  const auto count = static_cast<std::int64_t>(thumbnails.size());
  const std::vector<Thumbnail> residuals = residuals_of(thumbnails);
  // Where all images are one picture nothing is left but rounding, which says nothing.
  const bool compare_residuals = std::any_of(thumbnails.begin(), thumbnails.end(), [&](const Thumbnail& one) {
    return dot(one, thumbnails.front()) < kLeastCorrelation;
  });
  const auto alike = [&](std::size_t a, std::size_t b) {
    return thumbnails[a] == thumbnails[b] ||
           (dot(thumbnails[a], thumbnails[b]) >= kLeastCorrelation &&
            (!compare_residuals || dot(residuals[a], residuals[b]) >= kLeastResidualCorrelation));
  };
  std::vector<std::vector<std::size_t>> earlier_twins(thumbnails.size());
  parallel_for(
      count,
      [&](std::int64_t i) {
        const auto at = static_cast<std::size_t>(i);
        for (std::size_t j = 0; j < at; ++j)
          if (alike(at, j)) earlier_twins[at].push_back(j);
      },
      8);
  std::vector<std::int64_t> root(thumbnails.size());
  std::iota(root.begin(), root.end(), 0);
  for (std::size_t i = 0; i < root.size(); ++i)
    for (const std::size_t twin : earlier_twins[i]) {
      const std::int64_t joined = std::min(root[i], root[twin]), other = std::max(root[i], root[twin]);
      std::replace(root.begin(), root.end(), other, joined);
    }
  std::vector<std::int64_t> number(root.size(), -1), groups;
  std::int64_t next = 0;
  for (const std::int64_t first : root) {
    std::int64_t& given = number[static_cast<std::size_t>(first)];
    if (given < 0) given = next++;
    groups.push_back(given);
  }
  return groups;
}

std::vector<std::int64_t> groups_of_near_duplicates(std::span<const Sample> samples, const ImageReadOptions& reading,
                                                    const RunContext& context) {
  std::vector<Thumbnail> thumbnails(samples.size());
  parallel_with_progress(context, "looking for copies", std::ssize(samples), [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    thumbnails[at] = thumbnail_of(read_image(samples[at].image, reading));
  });
  return groups_of_near_duplicates(thumbnails);
}

std::int64_t group_count(const std::vector<std::int64_t>& groups) {
  return groups.empty() ? 0 : 1 + *std::max_element(groups.begin(), groups.end());
}

}  // namespace vigie
