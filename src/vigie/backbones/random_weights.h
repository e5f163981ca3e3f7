#pragma once

#include <cstdint>

#include "vigie/backbones/backbone.h"

namespace vigie {

/// The backbone cut down to `layers`, with seeded random weights of He's size (He et al. 2015) and identity batch
/// norms: it costs what the trained one costs and sees nothing. For measuring time, never for judging parts.
nn::Network random_backbone(const std::string& name, const std::vector<std::string>& layers, std::uint64_t seed);

}  // namespace vigie
