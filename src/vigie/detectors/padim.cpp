#include "vigie/detectors/padim.h"

#include <algorithm>

#include "vigie/core/random.h"
#include "vigie/core/threads.h"
#include "vigie/detectors/channel_choice.h"
#include "vigie/detectors/covariance.h"
#include "vigie/detectors/feature_pyramid.h"
#include "vigie/detectors/mahalanobis.h"
#include "vigie/detectors/state_reader.h"

namespace vigie {

namespace {

constexpr const char* kName = "padim";

/// Channels to keep: `dims` of all, in ascending order.
std::vector<std::int64_t> draw_channels(const PadimOptions& options, std::int64_t total) {
  std::int64_t dims = options.dims;
  if (dims < 0) dims = total >= 1792 ? 550 : 100;
  if (dims == 0) dims = total;
  std::vector<std::int64_t> channels = Random(static_cast<std::uint64_t>(options.seed)).permutation(total);
  channels.resize(static_cast<std::size_t>(std::min(dims, total)));
  std::ranges::sort(channels);
  return channels;
}

class Padim : public Detector {
 public:
  explicit Padim(const PadimOptions& options) : options_(options) { check_layer_names(options.layers, kName); }

  std::vector<std::string> layers() const override { return options_.layers; }
  void fit(const FeatureStream& normals, const FitContext& context) override;
  FitCost fit_cost(const FitSize& size) const override;
  std::vector<RawResult> predict(const Features& features) const override;
  DetectorState state() const override;
  void set_state(const DetectorState& state) override;

 private:
  void fit_positions(const Tensor& samples, const FitContext& context);

  PadimOptions options_;
  FeatureLayout layout_;
  ChannelChoice choice_;
  Tensor means_;    ///< F32 [P D]
  Tensor factors_;  ///< F32 [P D·(D+1)/2]
};

void Padim::fit(const FeatureStream& normals, const FitContext& context) {
  const std::int64_t images = normals.image_count();
  Tensor samples;  // [N P D]
  layout_.clear();
  const FeatureLayout layout = read_normals(
      normals, context, {kName, options_.layers.size(), 2}, [&](const Features& features, std::int64_t first) {
        if (samples.empty()) {
          const FeatureLayout shapes = layout_of(features, kName);
          require_memory(kName, fit_cost({shapes, images}));
          choice_ = ChannelChoice(shapes, draw_channels(options_, total_channels(shapes)));
          samples = Tensor({images, choice_.positions(), choice_.dims()});
        }
        choice_.gather(features, samples.data<float>() + first * choice_.positions() * choice_.dims());
      });
  fit_positions(samples, context);
  layout_ = layout;
}

FitCost Padim::fit_cost(const FitSize& size) const {
  const std::int64_t positions = size.layout[0].height * size.layout[0].width;
  const auto dims = static_cast<std::int64_t>(draw_channels(options_, total_channels(size.layout)).size());
  const std::int64_t samples = 4 * size.images * positions * dims;
  const std::int64_t kept = 4 * positions * (dims + packed_size(dims));
  const auto d = static_cast<double>(dims), p = static_cast<double>(positions), n = static_cast<double>(size.images);
  return {.bytes = samples + kept,
          .kept_bytes = kept,
          .fit_work = p * (n * (d + 0.13 * d * d) + 0.3 * d * d * d),
          .predict_work = p * (d + d * d),
          .what = fmt::format("learning {} images of {} positions and {} dimensions", size.images, positions, dims),
          .remedy = "use fewer images, a smaller image size, fewer layers or lower dims"};
}

void Padim::fit_positions(const Tensor& samples, const FitContext& context) {
  constexpr std::int64_t kAtOnce = 64;  // positions between two looks at the stop request
  const std::int64_t images = samples.dim(0), positions = samples.dim(1), dims = samples.dim(2);
  means_ = Tensor({positions, dims});
  factors_ = Tensor({positions, packed_size(dims)});
  Progress progress(context.run, "padim: covariances", positions);
  for (std::int64_t begin = 0; begin < positions; begin += kAtOnce) {
    const std::int64_t count = std::min(kAtOnce, positions - begin);
    parallel_for(count, [&](std::int64_t i) {
      const std::int64_t p = begin + i;
      GaussianFit fit = sample_gaussian({samples.data<float>() + p * dims, positions * dims, images, dims});
      for (std::int64_t d = 0; d < dims; ++d) {
        fit.covariance[d * (dims + 1)] += options_.regularisation;
        means_.data<float>()[p * dims + d] = static_cast<float>(fit.mean[d]);
      }
      pack_whitening(fit.covariance, dims, factors_.data<float>() + p * packed_size(dims));
    });
    progress.advance(count);
  }
}

std::vector<RawResult> Padim::predict(const Features& features) const {
  check_layout(features, layout_, kName);
  const std::int64_t batch = features[0].dim(0), positions = choice_.positions(), dims = choice_.dims();
  Tensor chosen({batch, positions, dims});
  choice_.gather(features, chosen.data<float>());
  std::vector<RawResult> results(static_cast<std::size_t>(batch));
  for (RawResult& result : results) result.map = Tensor({layout_[0].height, layout_[0].width});
  std::vector<float*> maps;
  for (RawResult& result : results) maps.push_back(result.map.data<float>());

  // All images at one position before the next: its factor is read from memory once.
  parallel_for(layout_[0].height, [&](std::int64_t y) {
    std::vector<float> scratch(static_cast<std::size_t>(dims));
    for (std::int64_t p = y * layout_[0].width; p < (y + 1) * layout_[0].width; ++p)
      for (std::int64_t b = 0; b < batch; ++b)
        maps[b][p] = mahalanobis(factors_.data<float>() + p * packed_size(dims), means_.data<float>() + p * dims,
                                 chosen.data<float>() + (b * positions + p) * dims, dims, scratch.data());
  });
  for (RawResult& result : results) result.score = std::ranges::max(result.map.values<float>());
  return results;
}

DetectorState Padim::state() const {
  VIGIE_CHECK(!layout_.empty(), kName, "not fitted: there is no state");
  Tensor channels({choice_.dims()}, DType::I64);
  std::ranges::copy(choice_.channels(), channels.data<std::int64_t>());
  return {{{"layout", json_from_layout(layout_)}}, {{"channels", channels}, {"factors", factors_}, {"means", means_}}};
}

void Padim::set_state(const DetectorState& state) {
  const StateReader reader(state, kName);
  const FeatureLayout layout = reader.layout(options_.layers.size());
  const auto channels = reader.tensor("channels", DType::I64, {-1}).values<std::int64_t>();
  const std::vector<std::int64_t> list(channels.begin(), channels.end());
  reader.require(list.front() >= 0 && list.back() < total_channels(layout) &&
                     std::ranges::adjacent_find(list, std::greater_equal<>()) == list.end(),
                 "tensor 'channels' is not an ascending choice of the layers' channels");
  const ChannelChoice choice(layout, list);
  const std::int64_t positions = choice.positions(), dims = choice.dims();
  const Tensor means = reader.tensor("means", DType::F32, {positions, dims});
  factors_ = reader.tensor("factors", DType::F32, {positions, packed_size(dims)});
  means_ = means;
  choice_ = choice;
  layout_ = layout;
}

}  // namespace

std::unique_ptr<Detector> make_padim(const PadimOptions& options) {
  return std::make_unique<Padim>(options);
}

}  // namespace vigie
