#include "vigie/training/training_options.h"

namespace vigie {

void TrainingOptions::describe(OptionList& list) {
  list.add("epochs", epochs, "passes over the training images, 1 ... 1000000", 1, 1'000'000);
  list.add("steps", steps, "optimiser steps instead of epochs; 0 = by epochs, as when only epochs is set", 0,
           100'000'000);
  list.add("batch_size", batch_size, "images per step, 1 ... 4096", 1, 4096);
  list.add("learning_rate", learning_rate, "step size of the optimiser, 1e-8 ... 10", 1e-8, 10);
  list.add("weight_decay", weight_decay, "pull of the weights to zero, 0 ... 1", 0, 1);
  list.add("schedule", schedule,
           "learning rate over time: constant, cosine (to 0 at the end), or step (a tenth for the last 5 %)",
           {"constant", "cosine", "step"});
  list.add("validation", validation, "share of the normals kept for early stopping and the best weights, 0.01 ... 0.5",
           0.01, 0.5);
  list.add("patience", patience, "validations without a better loss before it stops; 0 = never, 0 ... 1000000", 0,
           1'000'000);
  list.add("clip_norm", clip_norm, "largest norm of the gradient; 0 = not clipped, 0 ... 1e6", 0, 1e6);
  list.add("number_format", number_format, "of the products while training: f32, or bf16 (mixed precision)",
           {"f32", "bf16"});
}

void let_epochs_count(nlohmann::json& asked) {
  if (asked.contains("epochs") && !asked.contains("steps")) asked["steps"] = 0;
}

}  // namespace vigie
