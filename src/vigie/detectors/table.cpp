#include <algorithm>

#include "vigie/detectors/detector.h"
#include "vigie/detectors/gaussian.h"
#include "vigie/detectors/knn.h"
#include "vigie/detectors/padim.h"
#include "vigie/detectors/patchcore.h"
#include "vigie/detectors/spade.h"
#include "vigie/detectors/subspace.h"

namespace vigie {

namespace {

/// What a row says besides its options and maker.
struct Description {
  std::string name, title, summary, paper;
  bool has_map;
  std::string image_score;
};

template <typename Options>
DetectorInfo row(const Description& text, std::unique_ptr<Detector> (*make)(const Options&)) {
  const auto defaults = [] {
    Options options;
    OptionList list;
    options.describe(list);
    return list;
  };
  const auto create = [make, name = text.name](const nlohmann::json& object) {
    return make(options_from_json<Options>(object, name));
  };
  return {text.name, text.title, text.summary, text.paper, text.has_map, text.image_score, defaults, create};
}

}  // namespace

const std::vector<DetectorInfo>& detectors() {
  static const std::vector<DetectorInfo> table = {
      row({"patchcore", "PatchCore", "distance of every patch to the nearest of a coreset of normal patches",
           "Roth et al. 2022, arXiv 2106.08265", true, "detector"},
          make_patchcore),
      row({"padim", "PaDiM", "Mahalanobis distance of every position to its own Gaussian",
           "Defard et al. 2020, arXiv 2011.08785", true, "map_max"},
          make_padim),
      row({"spade", "SPADE", "distance of every position to those of the most similar normal images",
           "Cohen & Hoshen 2020, arXiv 2005.02357", true, "detector"},
          make_spade),
      row({"subspace", "PCA residual",
           "distance of every patch to the subspace of normal patches; a state below 1 MB with resnet18",
           "Ndiour et al. 2022 (FRE), arXiv 2211.12650", true, "map_max"},
          make_subspace),
      row({"gaussian", "Deep Gaussian", "sum over stages of the Mahalanobis distance of the averaged features",
           "Rippel et al. 2020, arXiv 2005.14140", false, "detector"},
          make_gaussian),
      row({"knn", "Deep nearest neighbours", "mean distance of the averaged features to the K nearest normal images",
           "Bergman et al. 2020, arXiv 2002.10445", false, "detector"},
          make_knn),
  };
  return table;
}

const DetectorInfo& detector_info(const std::string& name) {
  const auto found = std::ranges::find(detectors(), name, &DetectorInfo::name);
  if (found != detectors().end()) return *found;
  std::vector<std::string> known;
  for (const DetectorInfo& info : detectors()) known.push_back(info.name);
  fail(ErrorKind::NotFound, "detector", "no method is called '{}'{}", name, suggestion(name, known));
}

}  // namespace vigie
