#pragma once

#include "vigie/backbones/backbone.h"

namespace vigie {

/// The network that comes with vigie: a residual network of half ResNet-18's width, up to layer3 (0.7 M parameters, 0.8
/// GFLOP at 224x224), taught by `vigie distill` to see what ResNet-18 sees. docs/distill.md tells how.
/// Outputs "layer1" … "layer3" at strides 4, 8, 16 with 32, 64, 128 channels, in the teacher's metric
/// (networks/student_metric.h), and "pool" of layer3.
nn::Graph scout_graph();

/// What is taught: the same without metric and pool.
nn::Graph scout_trunk();

/// Its weights, which the program carries in itself.
TensorMap scout_weights();

/// Its layers for the table of backbones.
std::vector<LayerInfo> scout_layers();

}  // namespace vigie
