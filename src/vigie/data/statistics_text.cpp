#include <fmt/format.h>

#include <algorithm>

#include "vigie/data/doctor.h"

namespace vigie {

namespace {

constexpr std::size_t kMostSizes = 8;

std::string table_of(const std::vector<DatasetStatistics::DefectType>& defects) {
  std::size_t width = std::string_view("defect").size();
  for (const auto& defect : defects) width = std::max(width, defect.name.size());
  std::string text = fmt::format("{:<{}}  {:>6}  {:>9}  {:>7}  {:>8}  {:>8}  {:>8}  {:>12}\n", "defect", width,
                                 "images", "with mask", "regions", "smallest", "median", "largest", "median share");
  for (const auto& defect : defects) {
    text += fmt::format("{:<{}}  {:>6}  {:>9}  ", defect.name, width, defect.images, defect.with_mask);
    if (defect.regions == 0)
      text += fmt::format("{:>7}  {:>8}  {:>8}  {:>8}  {:>12}\n", defect.regions, "-", "-", "-", "-");
    else
      text +=
          fmt::format("{:>7}  {:>8.0f}  {:>8.0f}  {:>8.0f}  {:>11.3f}%\n", defect.regions, defect.smallest_region_area,
                      defect.median_region_area, defect.largest_region_area, 100 * defect.median_area_share);
  }
  return text + "areas of regions in pixels; share = defect pixels of an image\n";
}

}  // namespace

nlohmann::json json_from_statistics(const DatasetStatistics& statistics) {
  nlohmann::json defects = nlohmann::json::array();
  for (const auto& defect : statistics.defects)
    defects.push_back({{"name", defect.name},
                       {"images", defect.images},
                       {"with_mask", defect.with_mask},
                       {"regions", defect.regions},
                       {"median_region_area", defect.median_region_area},
                       {"median_area_share", defect.median_area_share},
                       {"smallest_region_area", defect.smallest_region_area},
                       {"largest_region_area", defect.largest_region_area}});
  return {{"train_images", statistics.train_images},
          {"train_anomalous", statistics.train_anomalous},
          {"test_good", statistics.test_good},
          {"test_anomalous", statistics.test_anomalous},
          {"sizes", statistics.sizes},
          {"defects", defects}};
}

std::string text_from_statistics(const Dataset& dataset, const DatasetStatistics& statistics) {
  std::string text = fmt::format("{} ({} layout) in {}\n\n", dataset.name, dataset.layout,
                                 dataset.root.empty() ? "." : dataset.root.string());
  text += fmt::format("train, good     {:>6}\n", statistics.train_images - statistics.train_anomalous);
  text += fmt::format("train, anomalous{:>6}\n", statistics.train_anomalous);
  text += fmt::format("test, good      {:>6}\n", statistics.test_good);
  text += fmt::format("test, anomalous {:>6}\n\nsizes\n", statistics.test_anomalous);
  const std::size_t shown = std::min(kMostSizes, statistics.sizes.size());
  for (std::size_t i = 0; i < shown; ++i) text += fmt::format("  {}\n", statistics.sizes[i]);
  if (shown < statistics.sizes.size()) text += fmt::format("  and {} more sizes\n", statistics.sizes.size() - shown);
  if (!statistics.defects.empty()) text += "\n" + table_of(statistics.defects);
  return text;
}

}  // namespace vigie
