#pragma once

#include <filesystem>
#include <string>

#include "vigie/learn/method.h"

namespace vigie::learn {

/// What a run needs besides its method.
struct LoopSetup {
  std::string name;                    ///< for progress and messages, "fastflow"
  std::int64_t images = 0;             ///< N: the method's images are 0 … N - 1
  std::int64_t validation_images = 0;  ///< so many of the last ones validate; 0: options.validation of them, drawn
  bool validated = true;               ///< the method has a validation loss
  TrainingOptions options;
  std::uint64_t seed = 0;
  std::string run;                   ///< what a checkpoint must agree on, see Checkpoint
  std::filesystem::path checkpoint;  ///< empty: none
  double checkpoint_seconds = 60;    ///< between two checkpoints; one is written when it stops in any case
  bool resume = false;               ///< go on from `checkpoint` when it exists
  TrainingLog* log = nullptr;
};

/// How the images are used: which are learnt from, which validate (none where the method is not validated and none are
/// kept for others).
struct ImageSplit {
  std::vector<std::int64_t> learn, validate;
};

/// Throws InvalidArgument when fewer than two images would be left to learn from.
ImageSplit split_images(const LoopSetup& setup);

/// Before anything slow: throws as split_images does, and InvalidArgument when a checkpoint is there that would be
/// lost, because the run is not to go on from it.
void check_setup(const LoopSetup& setup);

struct LoopResult {
  TrainingHistory history;
  double earlier_seconds = 0;  ///< that the runs it goes on from took
};

/// Trains: seeded batches prepared one ahead in another thread, a validation each epoch (at most 100 in all), the best
/// weights kept, early stopping, records, checkpoints (each minute or as asked, at a stop request, at the end). Images
/// that validate nothing are only shown in the log.
/// Afterwards the method's networks hold the weights of the best validation, or the last ones for a method that is not
/// validated. A run that was stopped and resumed ends with the same weights as one that was not. Throws as
/// Trainer::train does; when a checkpoint cannot be written it warns and goes on.
LoopResult train(Method& method, const LoopSetup& setup, const RunContext& context);

}  // namespace vigie::learn
