#pragma once

#include <string>

#include "vigie/core/options.h"

namespace vigie {

/// How a network is trained, the same words for every method. Each method's options hold one of these with the values
/// of its paper.
struct TrainingOptions {
  std::int64_t epochs = 100;     ///< passes over the training images
  std::int64_t steps = 0;        ///< > 0: so many optimiser steps instead of epochs
  std::int64_t batch_size = 16;  ///< images per step
  double learning_rate = 1e-3;
  double weight_decay = 0;
  std::string schedule = "constant";  ///< of the learning rate: "constant" | "cosine" (to 0 at the last step) | "step"
                                      ///< (a tenth after 95 % of the steps)
  double validation = 0.1;    ///< share of the normals kept for early stopping and the choice of the best weights
  std::int64_t patience = 0;  ///< validations without a better loss before it stops; 0: never
  double clip_norm = 0;       ///< largest norm of the gradient; 0: not clipped
  std::string number_format = "f32";  ///< of the products while training: "f32" | "bf16" (mixed precision)

  void describe(OptionList& list);
};

/// Where only `epochs` is asked for, adds steps = 0: else a preset's or a default's steps would win in silence.
void let_epochs_count(nlohmann::json& asked);

}  // namespace vigie
