#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "vigie/core/tensor.h"

namespace vigie {

/// Where a training run leaves its traces. Every call may be left out by an implementation; the default does nothing.
/// A log never stops the training it watches: its calls throw nothing, the first trouble (a full disk, a server that
/// went away) is one warning, and after it the log stays quiet. Use each log from one thread at a time.
class TrainingLog {
 public:
  TrainingLog() = default;
  virtual ~TrainingLog() = default;
  TrainingLog(const TrainingLog&) = delete;
  TrainingLog& operator=(const TrainingLog&) = delete;

  /// The settings of the run: an object without nested objects. Called once, before the first step.
  virtual void params(const nlohmann::json& flat_object);
  /// One number of one step; steps count from 0 or 1 and grow. Slashes in `name` group curves: "loss/train".
  virtual void scalar(std::string_view name, std::int64_t step, double value);
  /// An image, U8 [H W 3].
  virtual void image(std::string_view name, std::int64_t step, const Tensor& rgb);
  /// How `values` are spread; NaN and infinities among them are left out.
  virtual void histogram(std::string_view name, std::int64_t step, std::span<const float> values);
  /// A finished file that belongs to the run: the model, a report. It is copied or sent before the call returns.
  virtual void artefact(const std::filesystem::path& file);
  /// The end of the run; nothing may follow.
  virtual void finish(bool success);
};

/// Several logs as one: each call goes to all, in the order they were added.
class TrainingLogs : public TrainingLog {
 public:
  /// Null is ignored, so that an optional log needs no if.
  void add(std::unique_ptr<TrainingLog> log);

  void params(const nlohmann::json& flat_object) override;
  void scalar(std::string_view name, std::int64_t step, double value) override;
  void image(std::string_view name, std::int64_t step, const Tensor& rgb) override;
  void histogram(std::string_view name, std::int64_t step, std::span<const float> values) override;
  void artefact(const std::filesystem::path& file) override;
  void finish(bool success) override;

 private:
  std::vector<std::unique_ptr<TrainingLog>> logs_;
};

}  // namespace vigie
