#pragma once

#include <filesystem>
#include <vector>

#include "vigie/core/progress.h"
#include "vigie/data/dataset.h"
#include "vigie/evaluation/evaluation.h"
#include "vigie/io/image.h"
#include "vigie/pipeline/inspector.h"
#include "vigie/report/report.h"

namespace vigie {

struct EvaluateOptions {
  ImageReadOptions reading;
  bool allow_leakage = false;  ///< measure even when test images are among those learnt from
};

struct EvaluateResult {
  std::vector<ImageEvidence> images;
  Evaluation evaluation;
  double predict_ms = 0;  ///< median per image, image in memory to raw map and score, one image at a time
};

/// Scores every test image once and measures. Maps and masks are compared at the mask's original resolution; under the
/// paper protocol in the network's frame (masks resized and cropped alike). Throws InvalidArgument when the data set
/// has no test images, or when test images were learnt from (leakage); Unsupported for a model of several stages.
EvaluateResult evaluate_model(const Inspector& inspector, const Dataset& dataset, const EvaluateOptions& options,
                              const RunContext& context);

/// The HTML report of an evaluation; `extra` facts come after those of the model.
void write_evaluation_report(const std::filesystem::path& path, const Inspector& inspector, const Dataset& dataset,
                             const EvaluateResult& result,
                             const std::vector<std::pair<std::string, std::string>>& extra,
                             const ImageReadOptions& reading);

}  // namespace vigie
