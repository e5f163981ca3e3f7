#include "vigie/decision/regions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "vigie/core/error.h"
#include "vigie/core/threads.h"

namespace vigie {

namespace {

bool reaches(const float* row, std::int64_t width, float threshold) {
  int any = 0;  // not bool, and without leaving early: so the loop vectorises
  for (std::int64_t x = 0; x < width; ++x) any |= static_cast<int>(row[x] >= threshold);
  return any != 0;
}

void append_runs(const float* row, std::int64_t y, std::int64_t width, float threshold, std::vector<Run>& runs) {
  for (std::int64_t x = 0; x < width;) {
    while (x < width && !(row[x] >= threshold)) ++x;
    const std::int64_t begin = x;
    while (x < width && row[x] >= threshold) ++x;
    if (x > begin) runs.push_back({y, begin, x});
  }
}

/// Runs of pixels >= threshold in scan order. Most maps have few or none, so the scan decides the time: all rows are
/// looked over at once, and only those with such pixels again.
std::vector<Run> runs_above(const Tensor& map, float threshold) {
  constexpr std::int64_t kPixelsPerTask = 1 << 17;
  const std::int64_t height = map.dim(0), width = map.dim(1);
  const float* scores = map.data<float>();
  std::vector<std::uint8_t> hit(static_cast<std::size_t>(height));
  parallel_for(
      height,
      [&](std::int64_t y) { hit[static_cast<std::size_t>(y)] = reaches(scores + y * width, width, threshold) ? 1 : 0; },
      kPixelsPerTask / std::max<std::int64_t>(width, 1) + 1);
  std::vector<Run> runs;
  for (std::int64_t y = 0; y < height; ++y)
    if (hit[static_cast<std::size_t>(y)] != 0) append_runs(scores + y * width, y, width, threshold, runs);
  return runs;
}

/// A region before its first pixel.
Region nothing() {
  Region region;
  region.left = region.top = std::numeric_limits<std::int64_t>::max();
  region.score = -std::numeric_limits<float>::infinity();
  return region;
}

/// `scores` are those of the run's row.
void add_run(Region& region, const Run& run, const float* scores) {
  const std::int64_t pixels = run.end - run.begin;
  region.left = std::min(region.left, run.begin);
  region.top = std::min(region.top, run.row);
  region.right = std::max(region.right, run.end);
  region.bottom = std::max(region.bottom, run.row + 1);
  region.area += pixels;
  region.score = std::max(region.score, *std::max_element(scores + run.begin, scores + run.end));
  // Sums, divided when the region is complete; (begin + end - 1) · pixels is even.
  region.centroid_x += static_cast<double>((run.begin + run.end - 1) * pixels / 2);
  region.centroid_y += static_cast<double>(run.row * pixels);
}

/// The regions of all runs, in the order of their labels; centroids still sums.
std::vector<Region> regions_of(const Tensor& map, const std::vector<Run>& runs, const RunLabels& found) {
  std::vector<Region> regions(static_cast<std::size_t>(found.count), nothing());
  for (std::size_t r = 0; r < runs.size(); ++r)
    add_run(regions[static_cast<std::size_t>(found.labels[r] - 1)], runs[r],
            map.data<float>() + runs[r].row * map.dim(1));
  return regions;
}

/// Two regions of one map and threshold with the same box, area and score may interlock, but both are then shown or
/// neither is.
auto mark_of(const Region& region) {
  return std::tuple(region.left, region.top, region.right, region.bottom, region.area, region.score);
}

}  // namespace

std::vector<Region> find_regions(const Tensor& map, float threshold, std::int64_t min_area) {
  VIGIE_CHECK(map.rank() == 2 && map.dtype() == DType::F32, "find_regions", "the map must be f32 [H W], got {} {}",
              name_of(map.dtype()), to_string(map.shape()));
  VIGIE_CHECK(!std::isnan(threshold), "find_regions", "the threshold is not a number");
  VIGIE_CHECK(min_area >= 1, "find_regions", "min_area must be at least 1 pixel, got {}", min_area);
  const std::vector<Run> runs = runs_above(map, threshold);
  std::vector<Region> regions = regions_of(map, runs, label_runs(runs));
  std::erase_if(regions, [&](const Region& region) { return region.area < min_area; });
  for (Region& region : regions) {
    region.centroid_x /= static_cast<double>(region.area);
    region.centroid_y /= static_cast<double>(region.area);
  }
  std::stable_sort(regions.begin(), regions.end(), [](const Region& a, const Region& b) {
    return std::tuple(-a.score, a.top, a.left) < std::tuple(-b.score, b.top, b.left);
  });
  return regions;
}

Tensor region_mask(const Tensor& map, float threshold, const std::vector<Region>& regions) {
  Tensor mask = Tensor::zeros(map.shape(), DType::U8);
  if (regions.empty()) return mask;
  const std::vector<Run> runs = runs_above(map, threshold);
  const RunLabels found = label_runs(runs);
  const std::vector<Region> all = regions_of(map, runs, found);
  std::vector<bool> wanted;
  for (const Region& region : all)
    wanted.push_back(std::any_of(regions.begin(), regions.end(),
                                 [&](const Region& other) { return mark_of(other) == mark_of(region); }));
  for (std::size_t r = 0; r < runs.size(); ++r) {
    std::uint8_t* row = mask.data<std::uint8_t>() + runs[r].row * map.dim(1);
    if (wanted[static_cast<std::size_t>(found.labels[r] - 1)])
      std::fill(row + runs[r].begin, row + runs[r].end, std::uint8_t{255});
  }
  return mask;
}

}  // namespace vigie
