#pragma once

#include "vigie/data/companions.h"

namespace vigie {

/// Masks that bear the name of their image in the same folder, and only another extension: 7.png of two grey values
/// beside 7.jpg of many. Reads the files whose names occur twice.
std::vector<Companion> twin_masks(const std::vector<std::filesystem::path>& files);

}  // namespace vigie
