#pragma once

#include <filesystem>
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

/// Everything predict needs, as one value: what a .vigie file holds.
struct Model {
  std::string detector;                                        ///< "patchcore"
  nlohmann::json detector_options = nlohmann::json::object();  ///< complete, defaults included
  std::string backbone;                                        ///< "resnet18"; informative, the network is stored whole
  std::string protocol = "deploy";                             ///< "deploy" | "paper"
  nn::Network network;                                         ///< outputs = the detector's layers, in order
  Precision precision = Precision::F32;                        ///< of the network; thresholds hold for it
  nn::Quantisation quantisation;                               ///< Int8: the ranges; else empty
  Preprocess preprocess;
  Postprocess postprocess;
  Calibration calibration;
  std::optional<Calibration> previous_calibration;  ///< what the last `vigie calibrate` replaced
  DetectorState state;
  /// Where it comes from: category, data digest, hashes of the images seen (learnt from or held out), seed, versions,
  /// metrics. Holds no clock time and no duration, so that the same command gives the same bytes.
  nlohmann::json provenance = nlohmann::json::object();
};

/// Version of the file format this build writes; it reads this one and every older one. 2 added the precision, 3 the
/// scores that the thresholds come from.
constexpr int kModelFormat = 3;

/// One safetensors file: tensors under "network/" and "detector/", the rest as JSON in the metadata entry "vigie".
/// Atomic; the same model gives the same bytes. Throws Io.
void save_model(const std::filesystem::path& path, const Model& model);

/// Checks everything before trusting it: format version, manifest, graph, parameter shapes. The detector's state is
/// checked by Inspector, which makes the model ready to run. Throws NotFound, BadFile (truncated, hostile, not a
/// model), Unsupported (written by a newer vigie).
Model load_model(const std::filesystem::path& path);

/// The manifest without tensors, for `vigie info`; reads the header only.
nlohmann::json read_manifest(const std::filesystem::path& path);

}  // namespace vigie
