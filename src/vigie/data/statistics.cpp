#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "vigie/core/error.h"
#include "vigie/core/median.h"
#include "vigie/data/doctor.h"
#include "vigie/data/file_facts.h"
#include "vigie/data/sample_mask.h"
#include "vigie/imaging/connected.h"
#include "vigie/io/image.h"
#include "vigie/io/mask.h"

namespace vigie {

namespace {

/// What one sample adds.
struct SampleStatistics {
  std::string size;  ///< of the image
  bool has_mask = false;
  std::vector<double> region_areas;
  double area_share = 0;
};

std::string size_of(const std::filesystem::path& image) {
  try {
    const ImageInfo info = read_image_info(image);
    return fmt::format("{}x{} {} {}-bit", info.width, info.height, info.channels == 1 ? "grey" : "RGB", info.bits);
  } catch (const Error&) {
    return "unreadable";
  }
}

std::vector<double> region_areas(const Tensor& mask) {
  const Labels regions = label_regions(mask);
  std::vector<double> areas(static_cast<std::size_t>(regions.count) + 1, 0.0);
  for (const std::int32_t label : regions.labels.values<std::int32_t>()) ++areas[static_cast<std::size_t>(label)];
  areas.erase(areas.begin());  // the background
  return areas;
}

SampleStatistics statistics_of(const Sample& sample) {
  SampleStatistics result;
  result.size = size_of(sample.image);
  if (!sample.is_defect() || sample.mask.empty()) return result;
  try {
    const Tensor mask = read_sample_mask(sample).mask;
    result.has_mask = true;
    result.region_areas = region_areas(mask);
    for (const double area : result.region_areas) result.area_share += area / static_cast<double>(mask.count());
  } catch (const Error&) {
    result.has_mask = false;  // diagnose() says why
  }
  return result;
}

DatasetStatistics::DefectType defect_type(const std::string& name,
                                          const std::vector<const SampleStatistics*>& samples) {
  DatasetStatistics::DefectType type;
  type.name = name;
  type.images = static_cast<std::int64_t>(samples.size());
  std::vector<double> areas, shares;
  for (const SampleStatistics* sample : samples) {
    if (!sample->has_mask) continue;
    ++type.with_mask;
    shares.push_back(sample->area_share);
    areas.insert(areas.end(), sample->region_areas.begin(), sample->region_areas.end());
  }
  type.regions = static_cast<std::int64_t>(areas.size());
  type.median_region_area = areas.empty() ? 0 : median_of(areas);
  type.median_area_share = shares.empty() ? 0 : median_of(shares);
  if (!areas.empty()) {
    const auto [least, most] = std::minmax_element(areas.begin(), areas.end());
    type.smallest_region_area = *least;
    type.largest_region_area = *most;
  }
  return type;
}

std::vector<std::string> size_lines(const std::vector<SampleStatistics>& samples) {
  std::map<std::string, std::int64_t> counts;
  for (const SampleStatistics& sample : samples) ++counts[sample.size];
  std::vector<std::pair<std::string, std::int64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> lines;
  for (const auto& [size, count] : sorted) lines.push_back(fmt::format("{}: {}", size, count));
  return lines;
}

}  // namespace

DatasetStatistics statistics_of(const Dataset& dataset, const RunContext& context) {
  const std::vector<Sample>& samples = dataset.samples;
  std::vector<SampleStatistics> found(samples.size());
  parallel_with_progress(context, "counting defects", std::ssize(samples), [&](std::int64_t i) {
    found[static_cast<std::size_t>(i)] = statistics_of(samples[static_cast<std::size_t>(i)]);
  });
  DatasetStatistics statistics;
  statistics.train_anomalous = std::ssize(dataset.labelled());
  statistics.train_images = std::ssize(dataset.normals()) + statistics.train_anomalous;
  statistics.test_good = std::ranges::count_if(dataset.test(), &Sample::is_good);
  statistics.test_anomalous = std::ssize(dataset.test()) - statistics.test_good;
  statistics.sizes = size_lines(found);
  std::map<std::int64_t, std::vector<const SampleStatistics*>> by_class;
  for (std::size_t i = 0; i < samples.size(); ++i)
    if (samples[i].is_defect()) by_class[*samples[i].label].push_back(&found[i]);
  for (const auto& [label, members] : by_class)
    statistics.defects.push_back(defect_type(dataset.classes.at(static_cast<std::size_t>(label)), members));
  return statistics;
}

}  // namespace vigie
