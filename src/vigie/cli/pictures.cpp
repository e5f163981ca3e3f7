#include "vigie/cli/pictures.h"

#include "vigie/cli/outputs.h"
#include "vigie/core/error.h"
#include "vigie/imaging/colour.h"
#include "vigie/io/image.h"

namespace vigie::cli {

namespace {

constexpr Rgb kRegionColour{0, 176, 255};  // rare on parts, far from every heat colour, visible on dark and bright ones

}  // namespace

void write_pictures(const std::filesystem::path& folder, const std::filesystem::path& path, const Tensor& image,
                    const Verdict& verdict, const HeatRange& heat) {
  if (verdict.map.empty()) return;
  const std::filesystem::path overlay = picture_path(folder, path, "overlay");
  if (lies_beside(overlay, path))
    fail(ErrorKind::InvalidArgument, "output",
         "--images {}: {} would lie among the parts, where the next run would inspect it; name another folder",
         folder.string(), overlay.filename().string());
  const Tensor mask = region_mask(verdict.map, verdict.region_level, verdict.regions);
  write_image(overlay, draw_contour(heat_overlay(image, verdict.map, heat.low, heat.high), mask, kRegionColour));
  write_image(picture_path(folder, path, "mask"), mask);
}

}  // namespace vigie::cli
