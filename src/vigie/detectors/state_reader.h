#pragma once

#include "vigie/detectors/feature_layout.h"

namespace vigie {

/// Takes a DetectorState apart, trusting nothing: every failure is a BadFile that names the entry.
class StateReader {
 public:
  StateReader(const DetectorState& state, std::string detector) : state_(state), detector_(std::move(detector)) {}

  /// The tensor of that name, type and shape; an extent of -1 accepts any positive one. Floats must be finite.
  Tensor tensor(const std::string& name, DType type, const Shape& shape) const;
  /// facts["layout"], for a detector of `layers` layers.
  FeatureLayout layout(std::size_t layers) const;
  /// An integer fact from min to max.
  std::int64_t integer(const std::string& name, std::int64_t min, std::int64_t max) const;
  /// Throws BadFile with `what` unless `condition`.
  void require(bool condition, std::string_view what) const;

 private:
  const nlohmann::json& fact(const std::string& name) const;

  const DetectorState& state_;
  std::string detector_;
};

}  // namespace vigie
