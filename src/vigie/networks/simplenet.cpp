#include "vigie/networks/simplenet.h"

#include "vigie/nn/builder.h"
#include "vigie/nn/compose.h"
#include "vigie/nn/ops.h"

namespace vigie {

namespace {

using nn::GraphBuilder;
using nn::Ref;

constexpr const char* kWhere = "simplenet";

/// Averages a layer's patches and repeats them bilinearly on a grid `scale` times as fine.
nn::Graph pooling_head(const std::string& name, std::int64_t channels, std::int64_t patch_size, std::int64_t scale) {
  GraphBuilder b;
  Ref x = b.input(channels);
  if (patch_size > 1) x = b.avg_pool(x, patch_size, 1, patch_size / 2);
  if (scale > 1) x = b.upsample(x, scale, true);
  b.output(name, x);
  return b.build();
}

std::int64_t scale_to(const Shape& grid, const Shape& layer, const std::string& name) {
  const std::int64_t scale = grid[1] / layer[1];
  VIGIE_CHECK(
      scale >= 1 && layer[1] * scale == grid[1] && layer[2] * scale == grid[2], kWhere,
      "layer '{}' has a grid of {} x {} cells, of which the first layer's {} x {} are no whole multiple; choose "
      "an image size of whole cells (a multiple of 32)",
      name, layer[1], layer[2], grid[1], grid[2]);
  return scale;
}

}  // namespace

nn::Graph patch_graph(const nn::Graph& backbone, const std::vector<std::string>& layers, std::int64_t patch_size,
                      const Shape& image) {
  VIGIE_CHECK(!layers.empty(), kWhere, "layers: name at least one");
  VIGIE_CHECK(patch_size >= 1 && patch_size % 2 == 1, kWhere, "patch_size must be odd, got {}", patch_size);
  nn::Graph graph = backbone;
  const std::vector<Shape> shapes = nn::infer_shapes(backbone, image);
  const auto shape_of = [&](const std::string& layer) {
    return shapes[static_cast<std::size_t>(nn::find_output(backbone, layer, kWhere).node)];
  };
  nn::Node joined{nn::Op::Concat, "patches", {}, {}, {}, {}};
  for (const std::string& layer : layers) {
    const Shape shape = shape_of(layer);
    const std::int64_t scale = scale_to(shape_of(layers.front()), shape, layer);
    graph = nn::attach(graph, layer, pooling_head("patches." + layer, shape[3], patch_size, scale));
    joined.inputs.push_back(graph.outputs.back().node);
  }
  graph.outputs.push_back({"patches", static_cast<int>(graph.nodes.size())});
  graph.nodes.push_back(joined);
  return nn::select_outputs(graph, {"patches"});
}

nn::Graph adaptor_graph(std::int64_t channels) {
  GraphBuilder b;
  b.output("adapted", b.conv("adaptor", b.input(channels), {.out = channels, .kernel = 1, .bias = true}));
  return b.build();
}

nn::Graph discriminator_graph(std::int64_t channels, std::int64_t hidden) {
  constexpr double kSlope = 0.2;
  GraphBuilder b;
  Ref x = b.conv("discriminator.hidden", b.input(channels), {.out = hidden, .kernel = 1, .bias = true});
  x = b.leaky_relu(b.batch_norm("discriminator.norm", x), kSlope);
  b.output("discriminator", b.conv("discriminator.last", x, {.out = 1, .kernel = 1}));
  return b.build();
}

nn::Graph simplenet_graph(const nn::Graph& patches, const nn::Graph& adaptor, const nn::Graph& discriminator) {
  const nn::Graph adapted = nn::attach(patches, "patches", adaptor);
  return nn::select_outputs(nn::attach(adapted, "adapted", discriminator), {"discriminator"});
}

}  // namespace vigie
