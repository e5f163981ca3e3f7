#pragma once

#include "vigie/nn/graph.h"

namespace vigie {

/// What the graphs of an autoencoder have in common.
struct AutoencoderShape {
  std::int64_t height = 256;  ///< H, pixels: a multiple of 32 from 32 to 512
  std::int64_t width = 256;   ///< W, pixels, alike
  std::int64_t latent = 128;  ///< Z, numbers an image is squeezed into, 1 … 4096
  std::int64_t base = 32;     ///< channels of the outer layers, 1 … 512; inner ones have 2 and 4 times as many
};

// The autoencoder of Bergmann et al. 2019, "Improving Unsupervised Defect Segmentation by Applying Structural
// Similarity to Autoencoders" (VISAPP), whose 128 x 128 images are halved four times to 8 x 8. Other sizes are halved
// until neither side is above 8, or one is odd (224: 7 x 7); 256 is halved once more with `base` channels at the outer
// end, as in "MVTec AD" (CVPR 2019). Convolutions 4 x 4 halve, 3 x 3 keep the size; leaky ReLU of slope 0.2; no norms.
// The last convolution spans the whole grid; it is written as a linear layer, which lets the sides differ.
// All throw InvalidArgument when a size is out of range.

/// Image [B H W 3] -> "input" (the image), "latent" [B 1 1 Z]. Layers "encoder.…".
nn::Graph autoencoder_encoder(const AutoencoderShape& shape);

/// The same with two heads: image [B H W 3] -> "input", "mean" and "log_variance" [B 1 1 Z] of a Gaussian over latents.
nn::Graph variational_encoder(const AutoencoderShape& shape);

/// Latent [B 1 1 Z] -> "reconstruction" [B H W 3], 0 … 1: the encoder reversed, a sigmoid at its end. Layers
/// "decoder.…".
nn::Graph autoencoder_decoder(const AutoencoderShape& shape);

/// Encoder and decoder in a row: image [B H W 3] -> "input", "latent", "reconstruction".
nn::Graph autoencoder_graph(const AutoencoderShape& shape);

/// The same with the variational encoder: "input", "mean", "log_variance" and the "reconstruction" of the mean.
nn::Graph variational_autoencoder_graph(const AutoencoderShape& shape);

/// Latent [B 1 1 Z] -> "logit" [B 1 1 1], positive where it takes the latent for a draw of the prior: two hidden layers
/// (Makhzani et al. 2015, "Adversarial Autoencoders", arXiv 1511.05644). Layers "discriminator.…".
nn::Graph latent_discriminator(std::int64_t latent, std::int64_t hidden);

}  // namespace vigie
