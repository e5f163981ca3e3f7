#pragma once

#include <array>

#include "vigie/core/tensor_map.h"
#include "vigie/networks/unet.h"

namespace vigie {

// Reconstruction by inpainting (Zavrtanik, Kristan, Skočaj 2021, Pattern Recognition 112): the image is laid out in
// cells, a third of which is removed at a time and painted in from what is left.

/// Sides of the cells, pixels.
inline constexpr std::array<std::int64_t, 4> kRiadCells{2, 4, 8, 16};
/// Disjoint sets of cells, each removed once.
inline constexpr std::int64_t kRiadParts = 3;

/// One mask per part.
using RiadMasks = std::array<Tensor, kRiadParts>;

/// F32 [H W] each: 1 where pixels stay visible, 0 where they are removed. Every cell of cell x cell pixels (smaller at
/// the right and the lower border where the side is no multiple) is removed by exactly one mask; which one is drawn so
/// that the sets differ by one cell at most. Throws InvalidArgument unless all arguments are >= 1.
RiadMasks riad_masks(std::int64_t height, std::int64_t width, std::int64_t cell, std::uint64_t seed);

/// Names of the served outputs: "input", then "reconstruction.2" … "reconstruction.16".
std::vector<std::string> riad_outputs();

/// Throws InvalidArgument unless both sides are multiples of 16 and >= 32, what the U-Net and the largest cells need.
void check_riad_size(std::int64_t height, std::int64_t width);

/// The served network: image [B H W 3] -> riad_outputs(), [B H W 3] each. For every size of cell the same U-Net
/// (five levels from base_width channels, parameters as unet_graph's) runs once per mask on the image without the
/// removed cells, and what it painted there is gathered into one reconstruction of which no pixel was seen: 12 passes.
/// Masks are parameters "mask.2.0.weight" …
nn::Graph riad_graph(std::int64_t base_width, std::int64_t height, std::int64_t width);

/// The masks of the served network, one set per size of cell, from one seed.
using RiadServedMasks = std::array<RiadMasks, kRiadCells.size()>;
RiadServedMasks riad_served_masks(std::int64_t height, std::int64_t width, std::uint64_t seed);

/// The same by parameter name.
TensorMap riad_mask_weights(const RiadServedMasks& masks);

}  // namespace vigie
