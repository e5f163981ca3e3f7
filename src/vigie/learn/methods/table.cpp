#include "vigie/detectors/aae.h"
#include "vigie/detectors/ae_mahalanobis.h"
#include "vigie/detectors/autoencoder.h"
#include "vigie/detectors/cutpaste.h"
#include "vigie/detectors/efficientad.h"
#include "vigie/detectors/fastflow.h"
#include "vigie/detectors/ganomaly.h"
#include "vigie/detectors/riad.h"
#include "vigie/detectors/selfsup_metric.h"
#include "vigie/detectors/simplenet.h"
#include "vigie/detectors/vae.h"
#include "vigie/learn/method.h"
#include "vigie/learn/methods/methods.h"

namespace vigie::learn {

namespace {

/// Options keeps the common part in its member `training`.
template <typename Options>
MethodInfo row(const std::string& name, std::unique_ptr<Method> (*make)(const MethodInputs& inputs),
               bool validated = true) {
  const auto training = [name](const nlohmann::json& options) {
    return options_from_json<Options>(options, name).training;
  };
  return {name, training, make, validated};
}

}  // namespace

double Method::validation_loss(const Batch&) {
  fail(ErrorKind::Internal, "learn", "a method without a validation loss was asked for it");
}

const std::vector<MethodInfo>& methods() {
  constexpr bool kNotValidated = false;
  static const std::vector<MethodInfo> table = {
      row<CutPasteOptions>("cutpaste", make_cutpaste_training),
      row<SelfSupMetricOptions>("selfsup_metric", make_selfsup_metric_training),
      row<FastflowOptions>("fastflow", make_fastflow_training),
      row<SimplenetOptions>("simplenet", make_simplenet_training, kNotValidated),
      row<EfficientAdOptions>("efficientad", make_efficientad_training),
      row<RiadOptions>("riad", make_riad_training),
      row<AutoencoderOptions>("autoencoder", make_autoencoder_training),
      row<VaeOptions>("vae", make_vae_training),
      row<AaeOptions>("aae", make_aae_training),
      row<GanomalyOptions>("ganomaly", make_ganomaly_training, kNotValidated),
      row<AeMahalanobisOptions>("ae_mahalanobis", make_ae_mahalanobis_training),
  };
  return table;
}

}  // namespace vigie::learn
