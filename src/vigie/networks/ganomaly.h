#pragma once

#include "vigie/nn/graph.h"

namespace vigie {

/// What the graphs of GANomaly have in common.
struct GanomalyShape {
  std::int64_t height = 256;  ///< H, pixels: a multiple of 32 from 32 to 512
  std::int64_t width = 256;   ///< W, pixels, alike
  std::int64_t latent = 100;  ///< Z, numbers a latent has, 1 … 4096
  std::int64_t base = 64;     ///< channels after the first convolution, 1 … 512; they double at every halving …
  std::int64_t most_channels = 512;  ///< … up to this many, 1 … 8192
};

// The networks of Akcay et al. 2018, "GANomaly" (arXiv 1805.06725), which are those of DCGAN (Radford et al. 2016):
// convolutions 4 x 4 of stride 2 with batch norm and leaky ReLU of slope 0.2, no bias, until neither side is above 4 or
// one is odd (224: 7 x 7); then one layer over the whole grid, written as a linear one. Images are in -1 … 1.
// All throw InvalidArgument when a size is out of range.

/// Image [B H W 3], -1 … 1 -> "latent" [B 1 1 Z]. Layers "<prefix>.…": the two encoders of the method differ in it.
nn::Graph ganomaly_encoder(const GanomalyShape& shape, const std::string& prefix, const std::string& output = "latent");

/// Latent [B 1 1 Z] -> "generated" [B H W 3], -1 … 1 (tanh): the encoder reversed, with ReLU. Layers "decoder.…".
nn::Graph ganomaly_decoder(const GanomalyShape& shape);

/// Image [B H W 3], -1 … 1 -> "features" [B h w C] before the last layer, "logit" [B 1 1 1], positive where it takes
/// the image for a real one. Layers "discriminator.…".
nn::Graph ganomaly_discriminator(const GanomalyShape& shape);

/// Image [B H W 3], 0 … 1 -> "latent" of the image and "latent_again" of its reconstruction, both [B 1 1 Z], and
/// "generated" [B H W 3], -1 … 1: encoder ("encoder.…"), decoder and second encoder ("encoder_again.…") in a row.
nn::Graph ganomaly_generator(const GanomalyShape& shape);

}  // namespace vigie
