#pragma once

#include "vigie/detectors/detector.h"
#include "vigie/training/training_options.h"

namespace vigie {

/// Architecture, loss and training that all autoencoders share.
struct AutoencoderOptions {
  std::int64_t latent = 128;
  std::int64_t width = 32;
  double ssim_weight = 1;
  bool flips = false;
  double rotation = 0;
  TrainingOptions training{.epochs = 200, .batch_size = 16, .learning_rate = 2e-4, .weight_decay = 1e-5};

  void describe(OptionList& list);
};

/// Judges an image by how badly a convolutional autoencoder that knows only normals reconstructs it: squared error +
/// ssim_weight · (1 − SSIM) at every pixel (reconstruction_detector.h). Paper: Bergmann et al. 2019, "Improving
/// Unsupervised Defect Segmentation by Applying Structural Similarity to Autoencoders" (VISAPP), arXiv 1807.02011.
/// Differs: both errors together, not one of them; a sigmoid after the last layer; the images themselves instead of
/// 10 000 patches cut from them. Own image score = mean of the map. State: the layout. The network costs 0.6 GFLOP at
/// 256 x 256 and has 1.2 M parameters; training takes about three times that an image and step.
std::unique_ptr<Detector> make_autoencoder(const AutoencoderOptions& options);

/// The same for every autoencoder.
NetworkTraining autoencoder_training();

}  // namespace vigie
