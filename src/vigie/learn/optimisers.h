#pragma once

#include <memory>
#include <string>
#include <vector>

#include "vigie/learn/method.h"

namespace vigie::learn {

/// One optimiser at work: torch's, with a learning rate that follows the schedule.
class Optimiser {
 public:
  Optimiser(const OptimiserSpec& spec, const TrainingOptions& options);

  // One step: clear_gradients(), differentiate a loss, clip_gradients(), move().
  void clear_gradients();
  /// To the largest norm of the options. False when the gradient is not finite.
  [[nodiscard]] bool clip_gradients();
  /// `progress`: share of the steps taken, 0 … 1.
  void move(double progress);

  /// Its moments as bytes, for a checkpoint, and back. Throws BadFile.
  Tensor state() const;
  void set_state(const Tensor& bytes);

 private:
  OptimiserSpec spec_;
  std::string schedule_;
  double clip_norm_;
  std::unique_ptr<torch::optim::Optimizer> optimiser_;
};

/// Share of the first learning rate at `progress` 0 … 1 of the run.
double schedule_factor(const std::string& schedule, double progress);

}  // namespace vigie::learn
