#pragma once

#include <string>

#include "vigie/nn/builder.h"

namespace vigie {

/// A patch description network (Batzner, Heckler, König 2023, "EfficientAD", arXiv 2303.14535): 4x4 convolutions and
/// average pooling, so that every vector of the output describes one small patch of the image and nothing else.
struct PdnSpec {
  std::string size = "small";   ///< "small" (PDN-S, patches of 33 pixels at stride 4) | "medium" (PDN-M)
  double width = 1;             ///< hidden channels as a share of the paper's, rounded to multiples of 8; 0.05 … 4
  std::int64_t channels = 384;  ///< of the output, >= 1
  /// Input pixels per cell of the output: 4 as in the paper. 8 or 16 pool once more before the last 4x4 convolution.
  std::int64_t stride = 4;
};

/// Appends a PDN that reads `image` [B H W C] and returns [B H/stride W/stride channels], for sides that are multiples
/// of stride. Zeros around every layer make cell (y, x) describe the patch around pixel (stride·y, stride·x), where the
/// cells of a ResNet lie. Layers are called prefix + "conv1" … Throws InvalidArgument for a spec out of range.
nn::Ref append_pdn(nn::GraphBuilder& builder, nn::Ref image, const PdnSpec& spec, const std::string& prefix);

}  // namespace vigie
