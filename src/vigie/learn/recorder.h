#pragma once

#include <string>

#include "vigie/learn/checkpoint.h"
#include "vigie/training/training_log.h"

namespace vigie::learn {

/// Collects the losses of a run: every one to the training log, their means to the history.
class Recorder {
 public:
  Recorder(Checkpoint& state, TrainingLog* log) : state_(state), log_(log) {}

  /// `step`: steps taken before this one.
  void add(const std::string& name, std::int64_t step, double value) {
    if (log_ != nullptr) log_->scalar("loss/" + name, step, value);
    auto& [sum, count] = state_.open_losses[name];
    sum += value;
    ++count;
  }
  /// A point of the history for each loss, at `step` steps taken.
  void close(std::int64_t step) {
    for (const auto& [name, total] : state_.open_losses)
      state_.history.losses[name].push_back({step, total.first / static_cast<double>(total.second)});
    state_.open_losses.clear();
  }
  void validated(std::int64_t step, double loss) {
    if (log_ != nullptr) log_->scalar("loss/validation", step, loss);
    state_.history.losses["validation"].push_back({step, loss});
  }

 private:
  Checkpoint& state_;
  TrainingLog* log_;
};

}  // namespace vigie::learn
