#pragma once

#include <filesystem>

#include "vigie/data/dataset.h"

namespace vigie {

/// Readers of the layouts that read_dataset() describes. Each throws BadFile when nothing fits its layout; samples come
/// unsorted. `is_…` looks at folder and file names only.

bool is_mvtec(const std::filesystem::path& root);
Dataset read_mvtec(const std::filesystem::path& root);
/// Subfolders of `parent` that are MVTec categories.
std::vector<std::filesystem::path> mvtec_categories(const std::filesystem::path& parent);

bool is_visa(const std::filesystem::path& path);
Dataset read_visa(const std::filesystem::path& path);

bool is_image_folder(const std::filesystem::path& root);
Dataset read_image_folder(const std::filesystem::path& root);

bool is_csv(const std::filesystem::path& path);
Dataset read_csv(const std::filesystem::path& file);

}  // namespace vigie
