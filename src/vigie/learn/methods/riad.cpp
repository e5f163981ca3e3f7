#include "vigie/detectors/riad.h"

#include <algorithm>

#include "vigie/core/random.h"
#include "vigie/learn/losses.h"
#include "vigie/learn/methods/methods.h"
#include "vigie/learn/methods/reconstruction.h"
#include "vigie/networks/riad.h"

namespace vigie::learn {

namespace {

constexpr std::int64_t kShownImages = 4;
constexpr std::int64_t kShownCell = 8;

nn::Network start_network(const MethodInputs& inputs, std::int64_t base_width) {
  check_riad_size(inputs.request.preprocess.height, inputs.request.preprocess.width);
  return fresh_network(unet_graph({.base_width = base_width}), inputs.request.seed, "unet", Initial::Uniform);
}

/// Masks of one size of cell -> [parts 1 H W].
torch::Tensor stacked(const RiadMasks& masks) {
  std::vector<torch::Tensor> list;
  for (const Tensor& mask : masks) list.push_back(torch_from_tensor(mask));
  return torch::stack(list).unsqueeze(1);
}

class Riad : public Method {
 public:
  Riad(const MethodInputs& inputs, const RiadOptions& options)
      : inputs_(inputs),
        options_(options),
        unet_(start_network(inputs, options.base_width), inputs.device),
        served_masks_(riad_served_masks(height(), width(), derive_seed(inputs.request.seed, "masks"))) {
    for (const RiadMasks& masks : served_masks_) fixed_masks_.push_back(stacked(masks));
  }

  std::vector<std::pair<std::string, GraphModule*>> networks() override { return {{"unet", &unet_}}; }

  std::vector<OptimiserSpec> optimisers() override { return {adam(options_.training, unet_.parameters())}; }

  /// inputs: images [B 3 H W]; where it trains, the masks of one size of cell [parts 1 H W].
  Batch make_batch(const std::vector<std::int64_t>& images, std::uint64_t seed, bool training) const override {
    Batch batch{images, {torch_from_tensor(inputs_.images.batch(images)).to(inputs_.device)}};
    if (!training) return batch;
    Random random(derive_seed(seed, "cell"));
    const std::int64_t cell = kRiadCells[random.below(kRiadCells.size())];
    batch.inputs.push_back(stacked(riad_masks(height(), width(), cell, random.next())).to(inputs_.device));
    return batch;
  }

  void step(const Batch& batch, Step& step) override {
    const Dissimilarity loss = dissimilarity(batch.inputs.at(0), batch.inputs.at(1));
    step.record(loss.mse, "mse");
    step.record(loss.msgms, "msgms");
    step.record(loss.ssim, "ssim");
    step.minimise({0}, total(loss), "loss");
  }

  /// Over all sizes of cells, with the masks that will be served.
  double validation_loss(const Batch& batch) override {
    double sum = 0;
    for (const torch::Tensor& masks : fixed_masks_)
      sum += total(dissimilarity(batch.inputs.at(0), masks.to(inputs_.device))).item<double>();
    return sum / static_cast<double>(fixed_masks_.size());
  }

  /// Three rows: the images, what is left of them under one mask, what all masks together painted.
  void show(const Batch& batch, std::int64_t step, TrainingLog& log) override {
    const torch::Tensor images = batch.inputs.at(0).slice(0, 0, kShownImages);
    const auto cell = std::ranges::find(kRiadCells, kShownCell) - kRiadCells.begin();
    const torch::Tensor masks = fixed_masks_[static_cast<std::size_t>(cell)].to(inputs_.device);
    log.image("riad/image, masked, painted", step, picture_of({images, images * masks[0], reconstruct(images, masks)}));
  }

  nn::Network served() override {
    nn::Network network{riad_graph(options_.base_width, height(), width()), unet_.network().weights};
    for (const auto& [name, mask] : riad_mask_weights(served_masks_)) network.weights[name] = mask;
    return network;
  }

 private:
  /// All 0 where the reconstruction is the image.
  struct Dissimilarity {
    torch::Tensor mse, msgms, ssim;
  };

  std::int64_t height() const { return inputs_.request.preprocess.height; }
  std::int64_t width() const { return inputs_.request.preprocess.width; }

  /// Images [B 3 H W] painted anew from what the masks [parts 1 H W] leave visible, all parts in one pass.
  torch::Tensor reconstruct(const torch::Tensor& images, const torch::Tensor& masks) {
    const torch::Tensor visible = masks.unsqueeze(1);  // [parts 1 1 H W]
    const torch::Tensor seen = (images.unsqueeze(0) * visible).flatten(0, 1);
    const torch::Tensor painted = unet_(seen.contiguous(torch::MemoryFormat::ChannelsLast));
    return (painted.reshape({masks.size(0), images.size(0), 3, height(), width()}) * (1 - visible)).sum(0);
  }

  Dissimilarity dissimilarity(const torch::Tensor& images, const torch::Tensor& masks) {
    const torch::Tensor painted = reconstruct(images, masks);
    return {torch::mse_loss(painted, images), 1 - msgms(painted, images), 1 - ssim(painted, images)};
  }

  torch::Tensor total(const Dissimilarity& loss) const {
    return options_.mse_weight * loss.mse + options_.msgms_weight * loss.msgms + options_.ssim_weight * loss.ssim;
  }

  MethodInputs inputs_;
  RiadOptions options_;
  GraphModule unet_;
  RiadServedMasks served_masks_;
  std::vector<torch::Tensor> fixed_masks_;  ///< the same, by size of cell
};

}  // namespace

std::unique_ptr<Method> make_riad_training(const MethodInputs& inputs) {
  return std::make_unique<Riad>(inputs, options_from_json<RiadOptions>(inputs.request.options, "riad"));
}

}  // namespace vigie::learn
