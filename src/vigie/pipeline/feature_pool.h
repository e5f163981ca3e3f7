#pragma once

#include <functional>
#include <span>
#include <vector>

#include "vigie/core/progress.h"
#include "vigie/data/image_batches.h"
#include "vigie/detectors/detector.h"
#include "vigie/engine/engine.h"

namespace vigie {

/// Whether features of so many bytes are kept: at most a third of the memory at hand.
bool fits_a_pool(std::int64_t bytes);

/// The features of images by index, so that several detectors can learn from parts of one list. Computed once and kept
/// while they take at most a third of the memory at hand; else computed anew at every visit.
class FeaturePool {
 public:
  /// `samples` and `engine` must outlive the pool. Reads all images, unless they would take too much memory.
  FeaturePool(std::span<const Sample> samples, const Preprocess& preprocess, const ImageReadOptions& reading,
              const Engine& engine, const RunContext& context);

  std::int64_t image_count() const { return static_cast<std::int64_t>(samples_.size()); }
  ClassLabel label(std::int64_t image) const { return samples_[static_cast<std::size_t>(image)].label; }
  bool kept() const { return !kept_.empty(); }

  /// Calls visit(features of up to kBatchSize images, index of the first in `images`), in the order of `images`.
  void visit(std::span<const std::int64_t> images,
             const std::function<void(const Features&, std::int64_t first)>& visit) const;

 private:
  void keep_all();
  Features gathered(std::span<const std::int64_t> images) const;

  std::span<const Sample> samples_;
  Preprocess preprocess_;
  ImageReadOptions reading_;
  const Engine& engine_;
  const RunContext& context_;
  std::vector<Features> kept_;  ///< one entry an image, each [1 h w C]; empty when there are too many
};

/// Some images of a pool, in the order given, as what a detector learns from.
class FeatureSubset : public FeatureStream {
 public:
  FeatureSubset(const FeaturePool& pool, std::vector<std::int64_t> images) : pool_(pool), images_(std::move(images)) {}

  std::int64_t image_count() const override { return static_cast<std::int64_t>(images_.size()); }
  ClassLabel label(std::int64_t index) const override {
    return pool_.label(images_.at(static_cast<std::size_t>(index)));
  }
  void for_each(const std::function<void(const Features&, std::int64_t first)>& visit) const override {
    pool_.visit(images_, visit);
  }

 private:
  const FeaturePool& pool_;
  std::vector<std::int64_t> images_;
};

}  // namespace vigie
