#pragma once

#include <memory>
#include <vector>

#include "vigie/decision/heat_range.h"
#include "vigie/decision/shown_regions.h"
#include "vigie/engine/engine.h"
#include "vigie/pipeline/evidence.h"
#include "vigie/pipeline/stage.h"

namespace vigie {

/// Where the time of one part went, milliseconds.
struct StageTimes {
  double resize = 0;    ///< to network input: resized, normalised
  double backbone = 0;  ///< the network
  double detector = 0;  ///< the method on its features; for patchcore: the search
  double map = 0;       ///< upsampled, smoothed, brought to the image
  double decision = 0;  ///< thresholds and regions
  double total() const { return resize + backbone + detector + map + decision; }
};

/// What one stage finds on one part.
struct Finding {
  double score = 0;
  bool anomalous = false;
  double confidence = 0;  ///< 0 … 1, 0.5 at the threshold
  /// In pixels of the original image, worst first; see shown_regions(): none for a part that passed, at least one for a
  /// rejected part of a method with maps.
  std::vector<Region> regions;
  float region_level = 0;  ///< the map's value at which the regions end
  Tensor map;              ///< F32 [H W] at the original size; empty without a map
};

/// A stage made ready to run. Safe to share between threads, which then run at once. Where the processor lacks the
/// instructions of the stage's precision the next one down is used and a warning logged.
class StageInspector {
 public:
  /// `stage` must outlive it. Tries the network once on a black image, so that a misfit of network, input size and
  /// detector shows here and the first part does not wait for the engine's plan. Throws BadFile when they do not fit.
  explicit StageInspector(const Stage& stage);

  const Stage& stage() const { return *stage_; }
  /// What the network really runs in on this processor.
  Precision precision() const { return engine_.precision(); }
  /// Raw evidence for inputs F32 [B height width 3], as preprocess_image makes them.
  std::vector<Evidence> evidence(const Tensor& inputs) const;
  /// The whole way for one image U8/U16 [H W 1|3] at the full range of its type, as read_part() gives it. Adds to
  /// `times`. Throws Internal when the score is not finite.
  Finding inspect(const Tensor& image, StageTimes& times) const;
  /// Colours for the maps of all parts.
  HeatRange heat() const;

 private:
  void decide(double score, Finding& finding) const;

  const Stage* stage_;
  std::unique_ptr<Detector> detector_;
  Engine engine_;
};

/// A map at network-input size brought to an image of height x width pixels. Under a centre crop the border that the
/// network never saw gets the map's minimum. Bilinear.
Tensor map_on_image(const Tensor& map, const Preprocess& preprocess, std::int64_t height, std::int64_t width);

}  // namespace vigie
