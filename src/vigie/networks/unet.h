#pragma once

#include "vigie/nn/builder.h"

namespace vigie {

/// A U-Net: `levels` resolutions, each half of the one before, `base_width` channels at the first, doubled from level
/// to level up to eight times as many.
struct UnetSpec {
  std::int64_t base_width = 64;  ///< channels at full resolution, >= 1
  std::int64_t levels = 5;       ///< resolutions, 2 … 8
};

/// Height and width must be multiples of this.
std::int64_t unet_stride(const UnetSpec& spec);

/// Appends a U-Net that reads `image` [B H W C] and returns [B H W out]. Node and parameter names begin with `prefix`.
/// Per level two convolutions, each with batch norm and ReLU. The first one of a lower level has 4x4 taps and stride 2
/// and takes the place of pooling; on the way up a transposed one (4x4, stride 2) is followed by the skip connection
/// and two convolutions; the last one (3x3, bias, linear) gives the result. Throws InvalidArgument for a spec out of
/// range.
nn::Ref append_unet(nn::GraphBuilder& builder, nn::Ref image, const UnetSpec& spec, std::int64_t out,
                    const std::string& prefix);

/// The U-Net alone: image [B H W 3] -> "reconstruction" [B H W 3]; parameters "unet.down1.conv1.weight", …
nn::Graph unet_graph(const UnetSpec& spec);

}  // namespace vigie
