#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "vigie/pipeline/model.h"
#include "vigie/pipeline/part_look.h"
#include "vigie/pipeline/stage_inspector.h"

namespace vigie {

/// What the line wants to know about one part: what the stage found that spoke, the first that rejects it, else the
/// last.
struct Verdict : StageVerdict {
  std::size_t stage = 0;                ///< its number
  std::vector<Difference> differences;  ///< from the training set; none known for a model of an older vigie
};

/// A Model made ready to run: StageInspectors in a row. Safe to share between threads, which then run at once.
class Inspector {
 public:
  /// Throws as StageInspector.
  explicit Inspector(Model model);

  /// One image U8/U16 [H W 1|3] at the full range of its type, as read_part() gives it, through the stages until one
  /// rejects it. Throws Internal when a score is not finite.
  Verdict inspect(const Tensor& image, StageTimes* times = nullptr) const;

  const Model& model() const { return model_; }
  const std::vector<StageInspector>& stages() const { return stages_; }
  /// The stage of a model that has one; throws as Model::stage().
  const StageInspector& stage() const;
  /// What read_part() needs to know: stages read pictures alike.
  const Preprocess& preprocess() const { return model_.stages.front().preprocess; }
  /// How the training set looks; nullopt for a model of an older vigie.
  const std::optional<TrainingLook>& training() const { return training_; }
  /// Replaces the thresholds of the only stage, for other ones than the file's. Throws as Model::stage().
  void set_calibration(const Calibration& calibration) { model_.stage().calibration = calibration; }

 private:
  Model model_;
  std::vector<StageInspector> stages_;  ///< of model_.stages, whose place in memory moves along
  std::optional<TrainingLook> training_;
};

/// load_model() and Inspector in one, with errors that name the file. Throws BadFile also for a model that is whole but
/// cannot run.
Inspector open_inspector(const std::filesystem::path& path);

/// {"decided_by", "score", "threshold", "anomalous", "confidence", "regions": [{"box": [left, top, right, bottom], "area",
/// "score", "centroid"}]}, with regions "region_level", and where the part differs from the training set
/// "warnings": [text]. `stage`: the one that spoke.
nlohmann::json json_from_verdict(const Verdict& verdict, const Stage& stage);

}  // namespace vigie
