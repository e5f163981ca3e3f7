#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "vigie/pipeline/stage.h"

namespace vigie {

/// Everything predict needs, as one value: what a .vigie file holds.
struct Model {
  std::string protocol = "deploy";  ///< "deploy" | "paper"
  /// At least one. A part goes through them in order until one rejects it; it passes when all pass it.
  std::vector<Stage> stages = {Stage()};
  /// Where it comes from: category, data digest, hashes of the images seen (learnt from or held out), seed, versions,
  /// metrics. Holds no clock time and no duration, so that the same command gives the same bytes.
  nlohmann::json provenance = nlohmann::json::object();

  /// The stage of a model that has one, for what is defined for one only. Throws Unsupported when there are several.
  Stage& stage();
  const Stage& stage() const;
};

/// Version of the file format this build writes; it reads this one and every older one. 2 added the precision, 3 the
/// scores that the thresholds come from, 4 stages (older files are one stage).
constexpr int kModelFormat = 4;

/// More stages than anyone needs; a file that claims more is damaged.
constexpr std::size_t kMostStages = 16;

/// One safetensors file: tensors under "stages/0/network/", "stages/0/detector/", "stages/1/…", the rest as JSON in the
/// metadata entry "vigie". Atomic; the same model gives the same bytes. Throws Io.
void save_model(const std::filesystem::path& path, const Model& model);

/// Checks everything before trusting it: format version, manifest, graph, parameter shapes. The detector's state is
/// checked by Inspector, which makes the model ready to run. Throws NotFound, BadFile (truncated, hostile, not a
/// model), Unsupported (written by a newer vigie).
Model load_model(const std::filesystem::path& path);

/// The manifest without tensors, for `vigie info`; reads the header only.
nlohmann::json read_manifest(const std::filesystem::path& path);

}  // namespace vigie
