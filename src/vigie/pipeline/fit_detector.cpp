#include "vigie/pipeline/fit_detector.h"

#include <optional>

#include "vigie/core/random.h"
#include "vigie/engine/quantise.h"
#include "vigie/pipeline/image_features.h"

namespace vigie {

namespace {
constexpr std::size_t kRangeImages = 16;
}

void fit_detector(Stage& stage, const FeatureStream& normals, const FeatureStream* exact, std::uint64_t seed,
                  const RunContext& context) {
  FitContext fit{derive_seed(seed, "detector"), context, exact};
  const auto detector = detector_info(stage.detector).create(stage.detector_options);
  detector->fit(normals, fit);
  stage.state = detector->state();
}

void fit_detector(Stage& stage, std::span<const Sample> normals, const FitOptions& options, const RunContext& context) {
  const Engine engine(stage.network, {stage.precision, stage.quantisation});
  const ImageFeatureStream stream(normals, stage.preprocess, options.reading, engine, context);
  std::optional<Engine> exact_engine;
  std::optional<ImageFeatureStream> exact;
  if (engine.precision() != Precision::F32 && !options.fast_fit) {
    exact_engine.emplace(stage.network);
    exact.emplace(normals, stage.preprocess, options.reading, *exact_engine, context);
  }
  fit_detector(stage, stream, exact ? &*exact : nullptr, options.seed, context);
}

nn::Quantisation quantisation_for(const Stage& stage, std::span<const Sample> normals, const std::string& range,
                                  const ImageReadOptions& reading, const RunContext& context) {
  const std::vector<Sample> few = spread(normals, kRangeImages);
  const InputStream inputs = [&](const std::function<void(const Tensor&)>& visit) {
    for_each_batch(few, stage.preprocess, reading, kBatchSize,
                   [&](const Tensor& batch, std::int64_t) { visit(batch); });
  };
  QuantiseOptions options;
  options.range = range;
  return quantise(stage.network, inputs, options, context);
}

std::vector<Sample> spread(std::span<const Sample> samples, std::size_t count) {
  if (samples.size() <= count) return {samples.begin(), samples.end()};
  std::vector<Sample> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(samples[i * samples.size() / count]);
  return out;
}

}  // namespace vigie
