#pragma once

#include <functional>
#include <string>
#include <vector>

#include "vigie/nn/passes.h"

namespace vigie {

/// A layer that detectors may ask for. `stride` = input pixels per grid cell.
struct LayerInfo {
  std::string name;  ///< "layer1" … "layer4", "pool" (global average of the last stage, [B 1 1 D])
  std::int64_t channels = 0;
  std::int64_t stride = 0;  ///< 0: the whole image ("pool")
};

/// A named network for features.
struct BackboneInfo {
  std::string name;     ///< "resnet18"
  std::string summary;  ///< one line
  std::string weights;  ///< name in the weights registry; empty: the network makes its own (filters)
  std::vector<LayerInfo> layers;
  std::function<nn::Graph()> graph;        ///< all layers as outputs, under their names
  std::function<TensorMap()> own_weights;  ///< only where `weights` is empty
};

/// The one table of backbones.
const std::vector<BackboneInfo>& backbones();
/// Throws NotFound with the nearest name.
const BackboneInfo& backbone_info(const std::string& name);

/// The backbone cut down to `layers` with its weights. Weights are searched as weights.h says; never random.
/// Throws NotFound with the exact file name and where to put it, Unsupported when the weights at hand lack a layer
/// (a trunk that ends at layer3: "pool" is then taken from the last stage present, with `pool_fallback` set).
struct LoadedBackbone {
  nn::Network network;  ///< outputs = layers asked, in order
  bool pool_fallback = false;
};
LoadedBackbone load_backbone(const std::string& name, const std::vector<std::string>& layers);

}  // namespace vigie
