#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "vigie/core/precision.h"
#include "vigie/decision/calibration.h"
#include "vigie/decision/postprocess.h"
#include "vigie/detectors/detector.h"
#include "vigie/imaging/preprocess.h"
#include "vigie/nn/passes.h"
#include "vigie/nn/quantisation.h"

namespace vigie {

/// One judgement of a part: how the network sees it, the method on the network's outputs, and the thresholds.
struct Stage {
  std::string name;                                            ///< unique in its model; by default the detector's
  std::string detector;                                        ///< "patchcore"
  nlohmann::json detector_options = nlohmann::json::object();  ///< complete, defaults included
  std::string backbone;                                        ///< "resnet18"; informative, the network is stored whole
  nn::Network network;                                         ///< outputs = the detector's layers, in order
  Precision precision = Precision::F32;                        ///< of the network; thresholds hold for it
  nn::Quantisation quantisation;                               ///< Int8: the ranges; else empty
  Preprocess preprocess;
  Postprocess postprocess;
  DetectorState state;
  Calibration calibration;
  std::optional<Calibration> previous_calibration;  ///< what the last `vigie calibrate` replaced
};

}  // namespace vigie
