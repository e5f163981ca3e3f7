#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "vigie/demo/demo.h"
#include "vigie/demo/sample.h"

/// The folder of one product of the demo set: which files belong to it, and the manifest demo.json that marks it as
/// ours.
namespace vigie::demo {

/// Paths are relative to the product's folder, with '/'.
struct PlannedImage {
  std::string image;
  std::string mask;  ///< empty for good images
  std::string defect;
};

/// Every image of a product in MVTec AD layout: train/good/000.png …, test/<defect>/000.png,
/// ground_truth/<defect>/000_mask.png.
std::vector<PlannedImage> planned_images(const std::vector<std::string>& defects, const DemoOptions& options);

/// Throws InvalidArgument, naming the first obstacle, unless `folder` is missing, empty, or holds an earlier demo set
/// and nothing else.
void check_replaceable(const std::filesystem::path& folder);

/// Removes the images of an earlier set and writes the manifest of the new one. Call check_replaceable() before.
void begin_folder(const std::filesystem::path& folder, const Product& product, const DemoOptions& options);

}  // namespace vigie::demo
