#include "vigie/networks/riad.h"

#include <algorithm>

#include "vigie/core/error.h"
#include "vigie/core/random.h"

namespace vigie {

namespace {

// The passes must not share names of nodes, but all parameters: what stands before the mark is the pass.
constexpr char kPassMark = '/';

std::string mask_name(std::int64_t cell, std::int64_t part) {
  return fmt::format("mask.{}.{}", cell, part);
}

void share_parameters(nn::Graph& graph) {
  for (nn::Node& node : graph.nodes)
    for (std::string& param : node.params) param.erase(0, param.find(kPassMark) + 1);
}

/// What the U-Net paints where the mask hides the image, 0 elsewhere.
nn::Ref painted(nn::GraphBuilder& b, nn::Ref image, const UnetSpec& spec, const std::string& mask, const Shape& size) {
  const nn::Ref visible = b.mask(fmt::format("before{}{}", kPassMark, mask), image, size[0], size[1]);
  const nn::Ref all = append_unet(b, visible, spec, 3, fmt::format("{}{}unet.", mask, kPassMark));
  // Exact: x - 1·x and x - 0·x are not rounded.
  return b.sub(all, b.mask(fmt::format("after{}{}", kPassMark, mask), all, size[0], size[1]));
}

}  // namespace

RiadMasks riad_masks(std::int64_t height, std::int64_t width, std::int64_t cell, std::uint64_t seed) {
  VIGIE_CHECK(height >= 1 && width >= 1 && cell >= 1, "riad", "no masks of {}x{} pixels with cells of {}", height,
              width, cell);
  const std::int64_t rows = (height + cell - 1) / cell, columns = (width + cell - 1) / cell;
  std::vector<std::int64_t> part_of(static_cast<std::size_t>(rows * columns));
  const std::vector<std::int64_t> order = Random(seed).permutation(rows * columns);
  for (std::size_t i = 0; i < order.size(); ++i)
    part_of[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i) % kRiadParts;
  RiadMasks masks;
  for (Tensor& mask : masks) mask = Tensor::full({height, width}, 1);
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t part = part_of[static_cast<std::size_t>(y / cell * columns + x / cell)];
      masks[static_cast<std::size_t>(part)].data<float>()[y * width + x] = 0;
    }
  return masks;
}

std::vector<std::string> riad_outputs() {
  std::vector<std::string> names{"input"};
  for (const std::int64_t cell : kRiadCells) names.push_back(fmt::format("reconstruction.{}", cell));
  return names;
}

void check_riad_size(std::int64_t height, std::int64_t width) {
  const std::int64_t stride = unet_stride({});
  VIGIE_CHECK(height % stride == 0 && width % stride == 0 && height >= 2 * stride && width >= 2 * stride, "riad",
              "the network's input must be at least {} pixels high and wide and a multiple of {}, got {}x{}",
              2 * stride, stride, height, width);
}

nn::Graph riad_graph(std::int64_t base_width, std::int64_t height, std::int64_t width) {
  check_riad_size(height, width);
  const UnetSpec spec{.base_width = base_width};
  nn::GraphBuilder b;
  const nn::Ref image = b.input(3, height, width);
  b.output("input", image);
  for (const std::int64_t cell : kRiadCells) {
    nn::Ref sum = painted(b, image, spec, mask_name(cell, 0), {height, width});
    for (std::int64_t part = 1; part < kRiadParts; ++part)
      sum = b.add(sum, painted(b, image, spec, mask_name(cell, part), {height, width}));
    b.output(fmt::format("reconstruction.{}", cell), sum);
  }
  nn::Graph graph = b.build();
  share_parameters(graph);
  return graph;
}

RiadServedMasks riad_served_masks(std::int64_t height, std::int64_t width, std::uint64_t seed) {
  RiadServedMasks masks;
  for (std::size_t i = 0; i < kRiadCells.size(); ++i)
    masks[i] = riad_masks(height, width, kRiadCells[i], derive_seed(seed, fmt::format("cell.{}", kRiadCells[i])));
  return masks;
}

TensorMap riad_mask_weights(const RiadServedMasks& masks) {
  TensorMap weights;
  for (std::size_t i = 0; i < kRiadCells.size(); ++i)
    for (std::int64_t part = 0; part < kRiadParts; ++part)
      weights[mask_name(kRiadCells[i], part) + ".weight"] = masks[i][static_cast<std::size_t>(part)];
  return weights;
}

}  // namespace vigie
