#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "vigie/core/class_label.h"
#include "vigie/core/options.h"
#include "vigie/core/progress.h"
#include "vigie/core/tensor_map.h"
#include "vigie/detectors/fit_cost.h"

namespace vigie {

/// What the network gave for B images: one F32 tensor [B h w C] per layer the detector asked for, in its order.
using Features = std::vector<Tensor>;

/// Images to learn from as features, readable many times, in a fixed order. Batches may be recomputed at every pass:
/// a detector that can keep what it needs reads once. All are good but where a method asks for labels.
class FeatureStream {
 public:
  virtual ~FeatureStream() = default;
  virtual std::int64_t image_count() const = 0;  ///< N
  /// The class of image `index`, 0 <= index < N.
  virtual ClassLabel label(std::int64_t index) const = 0;
  /// Calls visit(features, first) with `first` = index of the batch's first image; in order, from one thread.
  virtual void for_each(const std::function<void(const Features&, std::int64_t first)>& visit) const = 0;
};

/// Raw evidence for one image; larger = more anomalous.
struct RawResult {
  float score = 0;  ///< the method's own image score
  Tensor map;       ///< F32 [h w] at the feature grid, or empty when the method judges only whole images
};

/// What predict() needs later: numbers by name, and small facts as JSON. Written into the model file as it is.
struct DetectorState {
  nlohmann::json facts = nlohmann::json::object();
  TensorMap tensors;
};

struct FitContext {
  std::uint64_t seed = 0;
  RunContext run;
  /// The same images in F32, when the normals come in a lower precision: a detector that picks some of many (a coreset)
  /// picks here, so that the precision changes values and not picks. Null: the normals themselves.
  const FeatureStream* exact = nullptr;
};

/// A method that learns from features of good images. Holds no network: the caller runs it.
/// predict() is const and may be called from several threads.
class Detector {
 public:
  virtual ~Detector() = default;
  /// Layers of the network whose values it wants, in this order: of the backbone, or of the trained network.
  virtual std::vector<std::string> layers() const = 0;
  /// Learns from normals. Throws InvalidArgument when there are too few, Cancelled.
  virtual void fit(const FeatureStream& normals, const FitContext& context) = 0;
  /// What fit() will cost. By default: nothing held, and time in proportion to the images.
  virtual FitCost fit_cost(const FitSize& size) const;
  /// One result per image. Throws InvalidArgument when not fitted, or when shapes differ from those of fit().
  virtual std::vector<RawResult> predict(const Features& features) const = 0;
  virtual DetectorState state() const = 0;
  /// The inverse of state(); checks everything, since it comes from a file. Throws BadFile.
  virtual void set_state(const DetectorState& state) = 0;
};

/// Named settings of a method: "paper" is the published schedule, "quick" takes minutes on two cores.
struct Preset {
  std::string name;
  std::string summary;     ///< what it changes and what it costs, one line
  nlohmann::json options;  ///< what differs from the defaults
};

/// What a method needs whose network is trained before the detector looks at its outputs.
struct NetworkTraining {
  /// The network's input is 0 … 1 instead of normalised by ImageNet's mean and standard deviation.
  bool unit_input = false;
  /// Layers of the backbone to start from, for the given complete options; none: the method brings its whole network.
  std::function<std::vector<std::string>(const nlohmann::json& options)> backbone_layers;
  std::vector<Preset> presets;  ///< "paper" first
};

/// One row of the table of methods.
struct DetectorInfo {
  std::string name;     ///< "patchcore"
  std::string title;    ///< "PatchCore"
  std::string summary;  ///< one line: how it tells
  std::string paper;    ///< "Roth et al. 2022, arXiv 2106.08265"
  bool has_map = true;
  /// Image score after post-processing: "map_max" (maximum of the smoothed map) or "detector" (RawResult::score).
  std::string default_image_score = "map_max";
  std::function<OptionList()> options;  ///< fresh defaults, for help and docs (values only; do not call set)
  std::function<std::unique_ptr<Detector>(const nlohmann::json& options)> create;  ///< validates options
  std::optional<NetworkTraining> training;                                         ///< only where a network is trained
};

/// The one table of detectors.
const std::vector<DetectorInfo>& detectors();
/// Throws NotFound with the nearest name.
const DetectorInfo& detector_info(const std::string& name);

}  // namespace vigie
