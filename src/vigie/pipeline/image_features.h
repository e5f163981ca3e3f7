#pragma once

#include <functional>
#include <vector>

#include "vigie/core/progress.h"
#include "vigie/data/image_batches.h"
#include "vigie/detectors/detector.h"
#include "vigie/engine/engine.h"

namespace vigie {

/// Images of a data set as features of a network: computed anew at every pass, never held as a whole.
class ImageFeatureStream : public FeatureStream {
 public:
  ImageFeatureStream(std::span<const Sample> samples, const Preprocess& preprocess, const ImageReadOptions& reading,
                     const Engine& engine, const RunContext& context)
      : samples_(samples), preprocess_(preprocess), reading_(reading), engine_(engine), context_(context) {}

  std::int64_t image_count() const override { return static_cast<std::int64_t>(samples_.size()); }
  ClassLabel label(std::int64_t index) const override { return samples_[static_cast<std::size_t>(index)].label; }
  void for_each(const std::function<void(const Features&, std::int64_t first)>& visit) const override;

 private:
  std::span<const Sample> samples_;
  Preprocess preprocess_;
  ImageReadOptions reading_;
  const Engine& engine_;
  const RunContext& context_;
};

}  // namespace vigie
