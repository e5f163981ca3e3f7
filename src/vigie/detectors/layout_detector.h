#pragma once

#include "vigie/detectors/feature_layout.h"

namespace vigie {

/// A method whose network has learnt all there is to learn: fit() only remembers the shapes of what the network gives.
class LayoutDetector : public Detector {
 public:
  std::vector<std::string> layers() const override { return layers_; }
  void fit(const FeatureStream& normals, const FitContext& context) override;
  DetectorState state() const override;
  void set_state(const DetectorState& state) override;

 protected:
  /// Throws InvalidArgument when `layers` is empty, or names a layer twice or an empty one.
  LayoutDetector(std::string name, std::vector<std::string> layers);

  /// What the method cannot work with, as a text; empty: nothing. By default it takes anything.
  virtual std::string objection(const FeatureLayout& layout) const;
  const std::string& name() const { return name_; }
  const FeatureLayout& layout() const { return layout_; }

 private:
  std::string name_;
  std::vector<std::string> layers_;
  FeatureLayout layout_;
};

}  // namespace vigie
