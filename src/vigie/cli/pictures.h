#pragma once

#include <filesystem>

#include "vigie/pipeline/inspector.h"

namespace vigie::cli {

/// Overlay and mask of one part below `folder`: the map's heat over the photo with a line around the verdict's regions,
/// and these regions alone (255). Nothing for a method without maps. Throws Io; InvalidArgument when they would lie
/// among the parts.
void write_pictures(const std::filesystem::path& folder, const std::filesystem::path& path, const Tensor& image,
                    const Verdict& verdict, const HeatRange& heat);

}  // namespace vigie::cli
