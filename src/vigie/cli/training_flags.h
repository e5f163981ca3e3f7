#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "vigie/training/training_log.h"

namespace vigie::cli {

/// What every command that trains a network takes.
struct TrainingFlags {
  std::string checkpoint;  ///< empty: beside the result
  double checkpoint_seconds = 60;
  bool resume = false;
  std::string tensorboard;  ///< folder for event files; empty: none
  std::string mlflow;       ///< address of a tracking server; empty: none
};

void add_training_flags(CLI::App& app, TrainingFlags& flags);

/// flags.checkpoint, or <out>.checkpoint.
std::filesystem::path checkpoint_of(const TrainingFlags& flags, const std::filesystem::path& out);
/// After the result was written; a file that is not there is no error.
void remove_checkpoint(const std::filesystem::path& path);

/// The logs asked for as one; null when none. Throws InvalidArgument for an address that is none.
std::unique_ptr<TrainingLogs> open_training_logs(const TrainingFlags& flags, const std::string& experiment,
                                                 const std::string& run);

}  // namespace vigie::cli
