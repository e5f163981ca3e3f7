#pragma once

#include <vector>

#include "vigie/backbones/backbone.h"

namespace vigie {

/// A backbone without training: a small scattering network (Bruna & Mallat 2013, arXiv 1203.1513, with rectified real
/// filters instead of complex moduli) over opponent colours, written as an ordinary graph with generated weights.
///
/// First order, scales s = 0 … 3 with wavelengths 5, 10, 20, 40 pixels: 32 energies E_s in the order
///   0–7 bright lines, 8–15 dark lines, 16–23 edges (luminance, wave direction k·22.5° from x towards y),
///   24–27 red-green, 28–31 blue-yellow structure (directions k·45°).
/// Second order T_s: 16 oriented energies of E_s (8 luminance, 4, 4), each filtered again in 4 directions: 64 channels.
///   layer1, stride 4:  E_0 E_1, colour                67 channels
///   layer2, stride 8:  E_0 E_1 E_2, T_0, colour      163
///   layer3, stride 16: E_1 E_2 E_3, T_1, colour      163
///   pool:              average of layer3
/// colour = luminance, red-green, blue-yellow after low-pass filtering. All pass tanh: structure at all scales has the
/// same mean square on natural photographs, and strong contours saturate, so that they do not drown a faint scratch.
/// Borders: convolutions continue the image with ImageNet's mean colour, so the outermost cells see an edge there.
/// 0.4 GFLOP at 224x224.
nn::Graph filters_graph();

/// Weights of filters_graph(); the same numbers at every call.
TensorMap filters_weights();

/// Its layers for the table of backbones.
std::vector<LayerInfo> filters_layers();

}  // namespace vigie
