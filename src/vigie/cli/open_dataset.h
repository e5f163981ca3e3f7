#pragma once

#include <filesystem>
#include <string>

#include "vigie/data/dataset.h"

namespace vigie::cli {

/// read_dataset(), and on standard error a line for each reason why something in the folder is not used.
/// Throws as read_dataset() does.
Dataset open_dataset(const std::filesystem::path& path, const std::string& layout = "");

}  // namespace vigie::cli
