#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "vigie/decision/heat_range.h"
#include "vigie/decision/shown_regions.h"
#include "vigie/engine/engine.h"
#include "vigie/pipeline/evidence.h"
#include "vigie/pipeline/model.h"
#include "vigie/pipeline/part_look.h"

namespace vigie {

/// What the line wants to know about one part.
struct Verdict {
  double score = 0;
  bool anomalous = false;
  double confidence = 0;  ///< 0 … 1, 0.5 at the threshold
  /// In pixels of the original image, worst first; see shown_regions(): none for a part that passed, at least one for a
  /// rejected part of a method with maps.
  std::vector<Region> regions;
  float region_level = 0;               ///< the map's value at which the regions end
  Tensor map;                           ///< F32 [H W] at the original size; empty without a map
  std::vector<Difference> differences;  ///< from the training set; none known for a model of an older vigie
};

/// Where the time of one part went, milliseconds.
struct StageTimes {
  double resize = 0;    ///< to network input: resized, normalised
  double backbone = 0;  ///< the network
  double detector = 0;  ///< the method on its features; for patchcore: the search
  double map = 0;       ///< upsampled, smoothed, brought to the image
  double decision = 0;  ///< thresholds and regions
  double total() const { return resize + backbone + detector + map + decision; }
};

/// A Model made ready to run. Safe to share between threads, which then run at once. Where the processor lacks the
/// instructions of the model's precision the next one down is used and a warning logged.
class Inspector {
 public:
  /// Tries the model once on a black image, so that a misfit of network, input size and detector shows here and the
  /// first part does not wait for the engine's plan. Throws BadFile when they do not fit.
  explicit Inspector(Model model);

  /// Raw evidence for inputs F32 [B height width 3], as preprocess_image makes them.
  std::vector<Evidence> evidence(const Tensor& inputs) const;

  /// The whole way for one image U8/U16 [H W 1|3] at the full range of its type, as read_part() gives it: preprocess,
  /// network, detector, post-processing, decision. Throws Internal when the score is not finite.
  Verdict inspect(const Tensor& image, StageTimes* times = nullptr) const;

  const Model& model() const { return model_; }
  /// How the training set looks; nullopt for a model of an older vigie.
  const std::optional<TrainingLook>& training() const { return training_; }
  /// What the network really runs in on this processor.
  Precision precision() const { return engine_.precision(); }
  /// Colours for the maps of all parts.
  HeatRange heat() const;
  /// Replaces the thresholds, for other ones than the file's.
  void set_calibration(const Calibration& calibration) { model_.calibration = calibration; }

 private:
  void decide(double score, Verdict& verdict) const;

  Model model_;
  std::unique_ptr<Detector> detector_;
  Engine engine_;
  std::optional<TrainingLook> training_;
};

/// load_model() and Inspector in one, with errors that name the file. Throws BadFile also for a model that is whole but
/// cannot run.
Inspector open_inspector(const std::filesystem::path& path);

/// A map at network-input size brought to an image of height x width pixels. Under a centre crop the border that the
/// network never saw gets the map's minimum. Bilinear.
Tensor map_on_image(const Tensor& map, const Preprocess& preprocess, std::int64_t height, std::int64_t width);

/// {"score", "threshold", "anomalous", "confidence", "regions": [{"box": [left, top, right, bottom], "area", "score",
/// "centroid"}]}, with regions "region_level", and where the part differs from the training set "warnings": [text]
nlohmann::json json_from_verdict(const Verdict& verdict, const Calibration& calibration);

}  // namespace vigie
