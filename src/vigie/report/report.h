#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "vigie/evaluation/evaluation.h"

namespace vigie {

/// What a report shows beside the numbers.
struct ReportInput {
  std::string title;  ///< "bottle · PatchCore · resnet18"
  std::vector<std::pair<std::string, std::string>>
      facts;  ///< protocol, backbone, options, seed, times, data digest …, in order
  /// Loss by optimiser step, by name, of the training that made the network; none: nothing was trained.
  std::map<std::string, std::vector<std::pair<std::int64_t, double>>> losses;
  std::int64_t best_step = 0;  ///< whose weights were kept
  Evaluation evaluation;
  const std::vector<ImageEvidence>* images = nullptr;
  /// Image i as U8 [H W 3] in the frame of the maps; called from several threads at once.
  std::function<Tensor(std::size_t)> load_image;
};

/// One self-contained HTML file (no network, no external file): metric cards with definitions, ROC and PR curves, score
/// histogram whose bars lead to the images, per-defect-type table, gallery sorted by error (largest mistakes first)
/// with image / map / predicted mask / ground truth side by side. Atomic.
void write_report(const std::filesystem::path& path, const ReportInput& input);

}  // namespace vigie
