#pragma once

#include "vigie/detectors/feature_layout.h"

namespace vigie {

/// Channels of all layers together.
std::int64_t total_channels(const FeatureLayout& layout);

/// Image b of every layer, brought to the first layer's grid bilinearly (half-pixel centres) and concatenated
/// channel-wise: writes [h·w D] with D = total_channels.
void concatenate_layers(const Features& layers, std::int64_t b, float* out);

}  // namespace vigie
