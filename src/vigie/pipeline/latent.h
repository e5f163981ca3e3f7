#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "vigie/core/progress.h"
#include "vigie/data/dataset.h"
#include "vigie/evaluation/latent_study.h"
#include "vigie/io/image.h"
#include "vigie/pipeline/model.h"

namespace vigie {

struct LatentOptions {
  ImageReadOptions reading;
  bool allow_leakage = false;  ///< measure even when test images are among those a model has seen
  int severity = 3;            ///< of the corruptions, 1 … 5
  std::uint64_t seed = 0;      ///< of the corruptions
};

/// A model and what people call it.
struct NamedModel {
  std::string name;
  Model model;
};

/// Models named after their files: the stem, or the whole path where two stems are the same. Errors name the file.
std::vector<NamedModel> load_named_models(const std::vector<std::filesystem::path>& paths);

/// Runs every model's network over the data set's normals and test images, each as that model sees images, and compares
/// the latent spaces: one for every output of a network but pictures ("input", "reconstruction…"), see LatentProbe.
/// 16-bit images are corrupted as 8-bit ones. Memory: one vector per image, layer and corruption, and every network at
/// once. Throws InvalidArgument: fewer than kLeastNormals normals, no test images, test images that a model has seen,
/// no layer left.
LatentStudy latent_study(const std::vector<NamedModel>& models, const Dataset& dataset, const LatentOptions& options,
                         const RunContext& context);

/// The HTML report; shows the pictures of study.points from `dataset`.
void write_latent_report(const std::filesystem::path& path, const LatentStudy& study, const Dataset& dataset,
                         const ImageReadOptions& reading);

}  // namespace vigie
