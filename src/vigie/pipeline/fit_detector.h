#pragma once

#include <vector>

#include "vigie/core/progress.h"
#include "vigie/data/dataset.h"
#include "vigie/io/image.h"
#include "vigie/pipeline/fit.h"

namespace vigie {

/// Fills stage.state: the detector learns from `normals`, features in the stage's precision; what it picks among them
/// it picks from `exact` (the same images in F32) unless null. `seed` is the run's.
void fit_detector(Stage& stage, const FeatureStream& normals, const FeatureStream* exact, std::uint64_t seed,
                  const RunContext& context);

/// The same from images, which are read as often as the method looks at them. Uses the seed, reading and fast_fit of
/// `options`.
void fit_detector(Stage& stage, std::span<const Sample> normals, const FitOptions& options, const RunContext& context);

/// The int8 ranges of the stage's network, measured on up to 16 of `normals`, evenly spread. `range`: "mse",
/// "percentile" or "max", see QuantiseOptions.
nn::Quantisation quantisation_for(const Stage& stage, std::span<const Sample> normals, const std::string& range,
                                  const ImageReadOptions& reading, const RunContext& context);

/// At most `count` samples, evenly spread over the list.
std::vector<Sample> spread(std::span<const Sample> samples, std::size_t count);

}  // namespace vigie
