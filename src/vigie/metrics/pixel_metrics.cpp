#include "vigie/metrics/pixel_metrics.h"

#include <algorithm>
#include <limits>

#include "vigie/core/error.h"
#include "vigie/core/threads.h"
#include "vigie/metrics/curve_walk.h"
#include "vigie/metrics/map_check.h"
#include "vigie/metrics/open_bucket.h"
#include "vigie/metrics/pixel_buckets.h"

namespace vigie {

namespace {

constexpr const char* kWhere = "pixel metrics";
constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

struct Selection {
  std::span<const std::size_t> groups;
  std::vector<bool> has;  ///< per group
  CurveTotals totals;
};

/// Consecutive buckets [begin, end): what one thread walks at a time.
struct Strip {
  std::size_t begin, end;
};

Selection make_selection(const PixelBuckets& pixels, std::span<const std::size_t> groups) {
  Selection selection{groups, std::vector<bool>(pixels.group_count()), {}};
  for (const std::size_t group : groups) {
    selection.has[group] = true;
    selection.totals.normals += pixels.normals_above(group, PixelBuckets::kBuckets);
  }
  for (const DefectRegion& region : pixels.regions()) {
    if (!selection.has[region.group]) continue;
    selection.totals.defects += region.area;
    ++selection.totals.regions;
  }
  return selection;
}

/// Strips of about equal work, the same for any number of threads. Buckets without defect pixels are passed, not
/// opened, and cost nothing.
std::vector<Strip> make_strips(const PixelBuckets& pixels) {
  constexpr std::int64_t kStrips = 128, kOpening = 8192;
  std::vector<std::int64_t> work(PixelBuckets::kBuckets);
  std::int64_t total = 0;
  for (std::size_t bucket = 0; bucket < work.size(); ++bucket) {
    const auto defects = static_cast<std::int64_t>(pixels.defects(bucket, bucket + 1).size());
    if (defects == 0) continue;
    work[bucket] = kOpening + defects;
    for (std::size_t group = 0; group < pixels.group_count(); ++group)
      work[bucket] += static_cast<std::int64_t>(pixels.normals(group, bucket).size());
    total += work[bucket];
  }
  std::vector<Strip> strips{{0, 0}};
  std::int64_t filled = 0;
  for (std::size_t bucket = 0; bucket < work.size(); ++bucket) {
    if (filled > total / kStrips) {
      strips.push_back({bucket, bucket});
      filled = 0;
    }
    strips.back().end = bucket + 1;
    filled += work[bucket];
  }
  return strips;
}

std::int64_t normals_above(const PixelBuckets& pixels, const Selection& selection, std::size_t bucket) {
  std::int64_t sum = 0;
  for (const std::size_t group : selection.groups) sum += pixels.normals_above(group, bucket);
  return sum;
}

/// Every selection's defect pixels in a strip: how many, and worth how much overlap.
std::vector<CurvePosition> sum_strip(const PixelBuckets& pixels, const std::vector<Selection>& selections,
                                     const Strip& strip) {
  std::vector<CurvePosition> sums(selections.size());
  for (const DefectPixel& pixel : pixels.defects(strip.begin, strip.end)) {
    const DefectRegion& region = pixels.region(pixel);
    for (std::size_t s = 0; s < selections.size(); ++s) {
      if (!selections[s].has[region.group]) continue;
      ++sums[s].true_positives;
      sums[s].overlap += region.share();
    }
  }
  return sums;
}

/// Where every selection stands at the top of every strip: [strip][selection].
std::vector<std::vector<CurvePosition>> find_starts(const PixelBuckets& pixels,
                                                    const std::vector<Selection>& selections,
                                                    const std::vector<Strip>& strips) {
  std::vector<std::vector<CurvePosition>> starts(strips.size() + 1, std::vector<CurvePosition>(selections.size()));
  parallel_for(static_cast<std::int64_t>(strips.size()), [&](std::int64_t i) {
    const auto strip = static_cast<std::size_t>(i);
    starts[strip + 1] = sum_strip(pixels, selections, strips[strip]);
  });
  for (std::size_t strip = 0; strip < strips.size(); ++strip) {
    for (std::size_t s = 0; s < selections.size(); ++s) {
      starts[strip][s].false_positives = normals_above(pixels, selections[s], strips[strip].begin);
      starts[strip + 1][s].true_positives += starts[strip][s].true_positives;
      starts[strip + 1][s].overlap += starts[strip][s].overlap;
    }
  }
  return starts;
}

void walk_bucket(const PixelBuckets& pixels, const OpenBucket& bucket, const Selection& selection,
                 std::int64_t false_positives, CurveWalk& walk) {
  for (std::size_t e = 0; e < bucket.events().size(); ++e) {
    const OpenBucket::Event& event = bucket.events()[e];
    std::int64_t found = 0;
    double overlap = 0;
    for (const DefectPixel& pixel : event.defects) {
      const DefectRegion& region = pixels.region(pixel);
      if (!selection.has[region.group]) continue;
      ++found;
      overlap += region.share();
    }
    false_positives += bucket.between(e, selection.groups);
    const std::int64_t tied = bucket.tied(e, selection.groups);
    if (found > 0) {
      walk.pass(false_positives);
      walk.step(event.score, tied, found, overlap);
    }
    false_positives += tied;
  }
}

std::vector<CurveWalk> walk_strip(const PixelBuckets& pixels, const std::vector<Selection>& selections,
                                  const Strip& strip, const std::vector<CurvePosition>& starts,
                                  const PixelMetricsOptions& options) {
  std::vector<CurveWalk> walks;
  for (std::size_t s = 0; s < selections.size(); ++s)
    walks.emplace_back(selections[s].totals, starts[s], options.fpr_limits, options.curve_points);
  OpenBucket bucket(pixels);
  for (std::size_t b = strip.begin; b < strip.end; ++b) {
    if (pixels.defects(b, b + 1).empty()) continue;
    bucket.open(b);
    for (std::size_t s = 0; s < selections.size(); ++s)
      walk_bucket(pixels, bucket, selections[s], normals_above(pixels, selections[s], b), walks[s]);
  }
  for (std::size_t s = 0; s < selections.size(); ++s) walks[s].pass(normals_above(pixels, selections[s], strip.end));
  return walks;
}

std::vector<CurveWalk> walk_all(const PixelBuckets& pixels, const std::vector<Selection>& selections,
                                const PixelMetricsOptions& options) {
  const std::vector<Strip> strips = make_strips(pixels);
  const auto starts = find_starts(pixels, selections, strips);
  std::vector<std::vector<CurveWalk>> parts(strips.size());
  parallel_for(static_cast<std::int64_t>(strips.size()), [&](std::int64_t i) {
    const auto strip = static_cast<std::size_t>(i);
    parts[strip] = walk_strip(pixels, selections, strips[strip], starts[strip], options);
  });
  for (std::size_t strip = 1; strip < parts.size(); ++strip)
    for (std::size_t s = 0; s < selections.size(); ++s) parts[0][s].append(parts[strip][s]);
  return std::move(parts[0]);
}

float lowest_score(const PixelBuckets& pixels, const Selection& selection) {
  for (std::size_t bucket = PixelBuckets::kBuckets; bucket-- > 0;) {
    std::uint32_t lowest = 0;
    for (const std::size_t group : selection.groups)
      for (const std::uint16_t tail : pixels.normals(group, bucket))
        lowest = std::max(lowest, static_cast<std::uint32_t>(bucket << 16) + tail);
    for (const DefectPixel& pixel : pixels.defects(bucket, bucket + 1))
      if (selection.has[pixels.region(pixel).group]) lowest = std::max(lowest, pixel.key);
    if (lowest > 0) return score_from_key(lowest);  // key 0 is not a finite score's
  }
  return std::numeric_limits<float>::quiet_NaN();
}

PixelMetrics metrics_of(const PixelBuckets& pixels, const Selection& selection, const CurveWalk& walk,
                        const PixelMetricsOptions& options) {
  PixelMetrics result;
  result.normal_pixels = selection.totals.normals;
  result.defect_pixels = selection.totals.defects;
  result.regions = selection.totals.regions;
  result.auroc = result.average_precision = result.f1_max = result.f1_max_threshold = kUndefined;
  result.aupro.assign(options.fpr_limits.size(), kUndefined);
  if (result.normal_pixels == 0 || result.defect_pixels == 0) return result;
  result.auroc = walk.auroc();
  result.average_precision = walk.average_precision();
  result.f1_max = walk.f1_max().f1;
  result.f1_max_threshold = walk.f1_max().threshold;
  result.aupro = walk.aupro();
  if (options.curve_points > 0) result.curve = walk.curve(lowest_score(pixels, selection));
  return result;
}

void check_arguments(const std::vector<ScoredMap>& images, std::span<const std::size_t> groups,
                     const PixelMetricsOptions& options) {
  VIGIE_CHECK(groups.size() == images.size(), kWhere, "{} groups for {} images", groups.size(), images.size());
  for (const double limit : options.fpr_limits)
    VIGIE_CHECK(limit > 0 && limit <= 1, kWhere, "AUPRO's limit must be above 0 and at most 1, got {}", limit);
  VIGIE_CHECK(options.curve_points != 1, kWhere, "a curve needs at least 2 points, got 1");
  check_maps(images, kWhere);
}

}  // namespace

std::vector<PixelMetrics> pixel_metrics(const std::vector<ScoredMap>& images, std::span<const std::size_t> groups,
                                        const std::vector<std::vector<std::size_t>>& selections,
                                        const PixelMetricsOptions& options) {
  check_arguments(images, groups, options);
  std::size_t group_count = 0;
  for (const std::size_t group : groups) group_count = std::max(group_count, group + 1);
  for (const auto& selection : selections)
    for (const std::size_t group : selection)
      VIGIE_CHECK(group < group_count, kWhere, "group {} of a selection has no image", group);

  const PixelBuckets pixels(images, groups, group_count);
  std::vector<Selection> chosen;
  chosen.reserve(selections.size());
  for (const auto& selection : selections) chosen.push_back(make_selection(pixels, selection));
  const std::vector<CurveWalk> walks = walk_all(pixels, chosen, options);
  std::vector<PixelMetrics> results;
  for (std::size_t s = 0; s < chosen.size(); ++s) results.push_back(metrics_of(pixels, chosen[s], walks[s], options));
  return results;
}

PixelMetrics pixel_metrics(const std::vector<ScoredMap>& images, const PixelMetricsOptions& options) {
  const std::vector<std::size_t> groups(images.size(), 0);
  std::vector<std::size_t> selection;
  if (!images.empty()) selection.push_back(0);
  return pixel_metrics(images, groups, {selection}, options).front();
}

}  // namespace vigie
