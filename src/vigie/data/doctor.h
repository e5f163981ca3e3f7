#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "vigie/core/progress.h"
#include "vigie/data/dataset.h"

namespace vigie {

struct Finding {
  enum class Severity { Note, Warning, Error };
  Severity severity = Severity::Note;
  std::string what;                   ///< "3 test images are also in train (leakage)"
  std::vector<std::string> examples;  ///< every path, with the reason
};

struct Diagnosis {
  std::vector<Finding> findings;  ///< worst first
  bool usable() const;            ///< no Error among them
};

/// Reads every image and mask once: unreadable files, size and channel mix, exact duplicates (same pixels) within train
/// and across train and test (leakage: Error), masks of another size, empty masks, masks missing or without image,
/// class counts (Warning when < 10 normals…), labelled defects in train, and what the data set leaves out.
Diagnosis diagnose(const Dataset& dataset, const RunContext& context);

/// Counts and defect statistics.
struct DatasetStatistics {
  struct DefectType {
    std::string name;
    std::int64_t images = 0, with_mask = 0, regions = 0;
    double median_region_area = 0;  ///< pixels
    double median_area_share = 0;   ///< defect pixels / image pixels, per image
    double smallest_region_area = 0, largest_region_area = 0;
  };
  std::int64_t train_images = 0, train_anomalous = 0;  ///< all of train; its labelled defects
  std::int64_t test_good = 0, test_anomalous = 0;
  std::vector<std::string> sizes;   ///< "900x900 RGB 8-bit: 292", most frequent first
  std::vector<DefectType> defects;  ///< of train and test together, by name
};
DatasetStatistics statistics_of(const Dataset& dataset, const RunContext& context);

/// Every file of every finding, and what the data set leaves out.
nlohmann::json json_from_diagnosis(const Dataset& dataset, const Diagnosis& diagnosis);
nlohmann::json json_from_statistics(const DatasetStatistics& statistics);
/// Text for the terminal; of each finding the first five files.
std::string text_from_diagnosis(const Dataset& dataset, const Diagnosis& diagnosis);
std::string text_from_statistics(const Dataset& dataset, const DatasetStatistics& statistics);

}  // namespace vigie
