#include <algorithm>

#include "vigie/detectors/aae.h"
#include "vigie/detectors/ae_mahalanobis.h"
#include "vigie/detectors/autoencoder.h"
#include "vigie/detectors/cutpaste.h"
#include "vigie/detectors/detector.h"
#include "vigie/detectors/efficientad.h"
#include "vigie/detectors/fastflow.h"
#include "vigie/detectors/ganomaly.h"
#include "vigie/detectors/gaussian.h"
#include "vigie/detectors/knn.h"
#include "vigie/detectors/padim.h"
#include "vigie/detectors/patchcore.h"
#include "vigie/detectors/riad.h"
#include "vigie/detectors/selfsup_metric.h"
#include "vigie/detectors/simplenet.h"
#include "vigie/detectors/spade.h"
#include "vigie/detectors/subspace.h"
#include "vigie/detectors/vae.h"

namespace vigie {

namespace {

/// What a row says besides its options and maker.
struct Description {
  std::string name, title, summary, paper;
  bool has_map;
  std::string image_score;
};

template <typename Options>
DetectorInfo row(const Description& text, std::unique_ptr<Detector> (*make)(const Options&),
                 std::optional<NetworkTraining> training = std::nullopt) {
  const auto defaults = [] {
    Options options;
    OptionList list;
    options.describe(list);
    return list;
  };
  const auto create = [make, name = text.name](const nlohmann::json& object) {
    return make(options_from_json<Options>(object, name));
  };
  return {text.name,        text.title, text.summary, text.paper,         text.has_map,
          text.image_score, defaults,   create,       std::move(training)};
}

std::vector<std::string> backbone_layers_of(const nlohmann::json& options) {
  return options.at("layers").get<std::vector<std::string>>();
}

NetworkTraining fastflow_training() {
  return {.backbone_layers = backbone_layers_of,
          .presets = {{"paper", "the published schedule, 500 epochs: an hour on two cores with resnet18",
                       nlohmann::json::object()},
                      {"quick",
                       "half the flow steps and a short schedule: 3 minutes on two cores with resnet18",
                       {{"flow_steps", 4}, {"epochs", 40}, {"batch_size", 8}, {"schedule", "cosine"}}}}};
}

NetworkTraining simplenet_training() {
  return {
      .backbone_layers = backbone_layers_of,
      .presets = {
          {"paper", "the published schedule, 160 epochs: for a graphics card", nlohmann::json::object()},
          {"quick", "a short schedule: 5 minutes on two cores with resnet18", {{"epochs", 40}, {"batch_size", 8}}}}};
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
      row({"cutpaste", "CutPaste",
           "Mahalanobis distance of features learnt by telling normal images from the same with a piece pasted "
           "elsewhere",
           "Li et al. 2021, arXiv 2104.04015", false, "detector"},
          make_cutpaste, cutpaste_training()),
      row({"selfsup_metric", "Self-supervised metric",
           "Mahalanobis distance of an embedding learnt by comparing views of normal images with synthetic defects",
           "Langrognet 2025, ISBI", false, "detector"},
          make_selfsup_metric, selfsup_metric_training()),
      row({"riad", "RIAD", "gradients of the image beside those painted in from its surroundings",
           "Zavrtanik et al. 2021, Pattern Recognition 112", true, "detector"},
          make_riad,
          NetworkTraining{.unit_input = true,
                          .backbone_layers = {},
                          .presets = {{"paper", "the published schedule: hours on a graphics card", {}},
                                      {"quick",
                                       "a narrow network and a short schedule: 13 minutes on two cores",
                                       {{"base_width", 16},
                                        {"steps", 1600},
                                        {"batch_size", 2},
                                        {"learning_rate", 1e-3},
                                        {"schedule", "cosine"},
                                        {"number_format", "bf16"}}}}}),
      row({"fastflow", "FastFlow", "how unlikely a normalising flow finds the features of every position",
           "Yu et al. 2021, arXiv 2111.07677", true, "detector"},
          make_fastflow, fastflow_training()),
      row({"simplenet", "SimpleNet",
           "output of a discriminator that told normal patches from the same with noise added",
           "Liu et al. 2023, arXiv 2303.15140", true, "detector"},
          make_simplenet, simplenet_training()),
      row({"efficientad", "EfficientAD",
           "a student's and an autoencoder's distance from the features of a frozen teacher",
           "Batzner et al. 2023, arXiv 2303.14535", true, "detector"},
          make_efficientad, efficientad_training()),
      row({"autoencoder", "Convolutional autoencoder", "squared error and structural difference of the reconstruction",
           "Bergmann et al. 2019, arXiv 1807.02011", true, "map_max"},
          make_autoencoder, autoencoder_training()),
      row({"vae", "Variational autoencoder", "reconstruction error of an autoencoder whose latents follow a normal law",
           "Kingma & Welling 2014, arXiv 1312.6114", true, "map_max"},
          make_vae, autoencoder_training()),
      row({"aae", "Adversarial autoencoder",
           "reconstruction error of an autoencoder whose latents a discriminator keeps near a normal law",
           "Makhzani et al. 2015, arXiv 1511.05644", true, "map_max"},
          make_aae, autoencoder_training()),
      row({"ganomaly", "GANomaly", "distance of an image's latent from the latent of its reconstruction",
           "Akcay et al. 2018, arXiv 1805.06725", false, "detector"},
          make_ganomaly, ganomaly_training()),
      row({"ae_mahalanobis", "Autoencoder + Gaussian", "Mahalanobis distance of an autoencoder's latent",
           "Bergmann et al. 2019, arXiv 1807.02011; Ledoit & Wolf 2004", false, "detector"},
          make_ae_mahalanobis, autoencoder_training()),
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
