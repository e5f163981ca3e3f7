#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "vigie/core/progress.h"

namespace vigie::cli {

/// What every command may use while it runs.
struct Session {
  RunContext context;            ///< progress on the terminal, Ctrl-C as a stop request
  std::filesystem::path config;  ///< of --config; empty without. No command may overwrite it
};

/// Finished, but some inputs could not be inspected, or some results not written.
constexpr int kExitPartial = 10;
/// A doctor's "not usable", a threshold not met: the command worked, the answer is no.
constexpr int kExitVerdictNo = 1;

/// One command: add() declares its flags on `app` and returns what runs it (the exit code is its result).
struct Command {
  std::string name;
  std::string summary;
  std::string example;  ///< shown under --help
  std::function<std::function<int(const Session&)>(CLI::App& app)> add;
};

Command fit_command();
Command predict_command();
Command evaluate_command();
Command bench_command();
Command benchmark_command();
Command calibrate_command();
Command cascade_command();
Command dataset_command();
Command distill_command();
Command weights_command();
Command detectors_command();
Command info_command();
Command latent_command();

}  // namespace vigie::cli
