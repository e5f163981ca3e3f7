#include "vigie/pipeline/latent_probe.h"

#include <algorithm>
#include <cstring>

#include "vigie/core/random.h"
#include "vigie/core/threads.h"
#include "vigie/data/part_reading.h"
#include "vigie/detectors/feature_layout.h"
#include "vigie/imaging/colour.h"
#include "vigie/imaging/corruptions.h"
#include "vigie/pipeline/image_features.h"

namespace vigie {

namespace {

bool is_picture(const nn::Output& output) {
  return output.name == "input" || output.name.starts_with("reconstruction");
}

/// The network with its auto-encoder's inner layer as one more output, where it gives pictures alone.
nn::Network with_hidden_latent(const nn::Network& network) {
  nn::Network out = network;
  nn::Graph& graph = out.graph;
  if (!std::ranges::all_of(graph.outputs, is_picture)) return out;
  const auto inner = std::ranges::find_if(graph.nodes, [](const nn::Node& node) {
    return node.name == "encoder.latent" || node.name == "encoder.mean";  // the latter of a variational one
  });
  if (inner != graph.nodes.end()) graph.outputs.push_back({"latent", static_cast<int>(inner - graph.nodes.begin())});
  return out;
}

/// F32 [B … C] -> [B C], the mean over what lies between.
Tensor pooled(const Tensor& output) {
  const std::int64_t images = output.dim(0), channels = output.dim(-1);
  return global_average(output.reshaped({images, output.count() / (images * channels), 1, channels}));
}

LatentRows empty_rows(const std::vector<LatentProbe>& probes, std::size_t versions) {
  LatentRows rows;
  for (const LatentProbe& probe : probes) rows.emplace_back(probe.layers().size(), std::vector<Tensor>(versions));
  return rows;
}

void put(Tensor& rows, const Tensor& batch, std::int64_t first, std::int64_t total) {
  if (rows.empty()) rows = Tensor({total, batch.dim(1)});
  std::ranges::copy(batch.values<float>(), rows.data<float>() + first * batch.dim(1));
}

/// The same wherever the data set lies, and whatever else is in it.
std::string seed_name(const Corruption& corruption, const Dataset& dataset, const Sample& sample) {
  return fmt::format("{}/{}/{}", corruption.name, dataset.class_name(sample), sample.image.filename().string());
}

Tensor version_of(const Tensor& image, std::size_t version, const Dataset& dataset, const Sample& sample,
                  const LatentOptions& options) {
  if (version == 0) return image;
  const Corruption& corruption = corruptions()[version - 1];
  Random random(derive_seed(options.seed, seed_name(corruption, dataset, sample)));
  return corruption.apply(image.dtype() == DType::U8 ? image : to_rgb8(image), options.severity, random);
}

}  // namespace

LatentProbe::LatentProbe(const NamedModel& model)
    : named_(&model),
      engine_(with_hidden_latent(model.model.stage().network),
              {model.model.stage().precision, model.model.stage().quantisation}) {
  const auto& all = engine_.graph().outputs;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (is_picture(all[i])) continue;
    layers_.push_back(all[i].name);
    outputs_.push_back(i);
  }
}

std::vector<Tensor> LatentProbe::run(const Tensor& inputs) const {
  const std::vector<Tensor> outputs = engine_.run(inputs);
  std::vector<Tensor> vectors;
  for (const std::size_t i : outputs_) vectors.push_back(pooled(outputs[i]));
  return vectors;
}

LatentRows run_probes(const std::vector<LatentProbe>& probes, const Dataset& dataset, std::span<const Sample> samples,
                      std::size_t versions, const LatentOptions& options, Progress& progress) {
  LatentRows rows = empty_rows(probes, versions);
  // The models share one reading of the pictures: warn_of_other_eyes() tells where they learnt from another depth.
  const ImageReadOptions reading = reading_for(probes.front().named().model.stage().preprocess, options.reading);
  const auto total = static_cast<std::int64_t>(samples.size());
  for (std::int64_t first = 0; first < total; first += kBatchSize) {
    const std::int64_t count = std::min(kBatchSize, total - first);
    const auto batch = samples.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
    std::vector<Tensor> originals(batch.size()), images(batch.size());
    const auto image = [&](std::int64_t i) { return images[static_cast<std::size_t>(i)]; };
    parallel_for(count, [&](std::int64_t i) { originals[i] = read_image(batch[i].image, reading); });
    for (std::size_t version = 0; version < versions; ++version) {
      parallel_for(count,
                   [&](std::int64_t i) { images[i] = version_of(originals[i], version, dataset, batch[i], options); });
      for (std::size_t p = 0; p < probes.size(); ++p) {
        const std::vector<Tensor> vectors =
            probes[p].run(batch_of(batch, probes[p].named().model.stage().preprocess, image));
        for (std::size_t i = 0; i < vectors.size(); ++i) put(rows[p][i][version], vectors[i], first, total);
      }
      progress.advance(count);
    }
  }
  return rows;
}

}  // namespace vigie
