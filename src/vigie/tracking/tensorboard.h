#pragma once

#include <filesystem>
#include <memory>

#include "vigie/training/training_log.h"

namespace vigie {

/// A log that TensorBoard shows (tensorboard --logdir <folder or its parent>), also while the training runs: scalars,
/// images, histograms, and the settings as a table under "Text". Artefacts are not recorded. Writes
/// folder/events.out.tfevents.<unix seconds>.<host>.<process>, creating missing folders; an older run in the same
/// folder is kept, and drawn as one with it. Throws nothing: a folder that cannot be written is one warning, and the
/// log records nothing.
std::unique_ptr<TrainingLog> make_tensorboard_log(const std::filesystem::path& folder);

}  // namespace vigie
