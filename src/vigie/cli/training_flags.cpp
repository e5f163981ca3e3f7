#include "vigie/cli/training_flags.h"

#include "vigie/tracking/mlflow.h"
#include "vigie/tracking/tensorboard.h"

namespace vigie::cli {

void add_training_flags(CLI::App& app, TrainingFlags& flags) {
  app.add_option("--checkpoint", flags.checkpoint,
                 "where a training keeps its state, also when it is stopped; default: OUT.checkpoint");
  app.add_option("--checkpoint-seconds", flags.checkpoint_seconds, "time between two checkpoints; 0 = after each step")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  app.add_flag("--resume", flags.resume, "go on from the checkpoint when there is one");
  app.add_option("--tensorboard", flags.tensorboard, "folder for TensorBoard event files of the training");
  app.add_option("--mlflow", flags.mlflow, "MLflow tracking server, http://host:port");
}

std::filesystem::path checkpoint_of(const TrainingFlags& flags, const std::filesystem::path& out) {
  return flags.checkpoint.empty() ? out.string() + ".checkpoint" : flags.checkpoint;
}

void remove_checkpoint(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

std::unique_ptr<TrainingLogs> open_training_logs(const TrainingFlags& flags, const std::string& experiment,
                                                 const std::string& run) {
  if (flags.tensorboard.empty() && flags.mlflow.empty()) return nullptr;
  auto logs = std::make_unique<TrainingLogs>();
  if (!flags.tensorboard.empty()) logs->add(make_tensorboard_log(flags.tensorboard));
  if (!flags.mlflow.empty()) logs->add(make_mlflow_log(flags.mlflow, experiment, run));
  return logs;
}

}  // namespace vigie::cli
