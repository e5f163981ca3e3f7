#include "vigie/backbones/resnet.h"

#include "vigie/nn/builder.h"

namespace vigie {
namespace {

using nn::GraphBuilder;
using nn::Ref;

std::int64_t base_width(const ResNetSpec& spec, int stage) {
  return spec.width << (stage - 1);
}

/// The shapes of one residual block.
struct Block {
  std::string name;
  std::int64_t inner = 0;  ///< channels inside the branch
  std::int64_t out = 0;
  std::int64_t stride = 1;
  bool project = false;  ///< the shortcut changes shape, so it has its own convolution
};

Ref conv_norm(GraphBuilder& b, const std::string& conv, const std::string& norm, Ref x, const nn::ConvSpec& spec) {
  return b.batch_norm(norm, b.conv(conv, x, spec));
}

Ref basic_branch(GraphBuilder& b, Ref x, const Block& block) {
  const std::string& n = block.name;
  x = b.relu(conv_norm(b, n + ".conv1", n + ".bn1", x, {.out = block.inner, .stride = block.stride}));
  return conv_norm(b, n + ".conv2", n + ".bn2", x, {.out = block.out});
}

Ref bottleneck_branch(GraphBuilder& b, Ref x, const Block& block) {
  const std::string& n = block.name;
  x = b.relu(conv_norm(b, n + ".conv1", n + ".bn1", x, {.out = block.inner, .kernel = 1}));
  x = b.relu(conv_norm(b, n + ".conv2", n + ".bn2", x, {.out = block.inner, .stride = block.stride}));
  return conv_norm(b, n + ".conv3", n + ".bn3", x, {.out = block.out, .kernel = 1});
}

Ref residual_block(GraphBuilder& b, Ref x, const Block& block, bool bottleneck) {
  const Ref branch = bottleneck ? bottleneck_branch(b, x, block) : basic_branch(b, x, block);
  Ref shortcut = x;
  if (block.project) {
    const std::string prefix = block.name + ".downsample";
    shortcut = conv_norm(b, prefix + ".0", prefix + ".1", x, {.out = block.out, .kernel = 1, .stride = block.stride});
  }
  return b.relu(b.add(branch, shortcut));
}

Ref stage_of(GraphBuilder& b, Ref x, const ResNetSpec& spec, int stage) {
  const std::int64_t out = resnet_channels(spec, stage);
  const std::int64_t stride = stage == 1 ? 1 : 2;
  const std::int64_t in = stage == 1 ? spec.width : resnet_channels(spec, stage - 1);
  for (int i = 0; i < spec.blocks[stage - 1]; ++i) {
    const Block block{.name = fmt::format("layer{}.{}", stage, i),
                      .inner = base_width(spec, stage) * spec.width_factor,
                      .out = out,
                      .stride = i == 0 ? stride : 1,
                      .project = i == 0 && (stride != 1 || in != out)};
    x = residual_block(b, x, block, spec.bottleneck);
  }
  return x;
}

}  // namespace

std::int64_t resnet_channels(const ResNetSpec& spec, int stage) {
  return base_width(spec, stage) * (spec.bottleneck ? 4 : 1);
}

nn::Graph resnet_graph(const ResNetSpec& spec) {
  VIGIE_CHECK(spec.bottleneck || spec.width_factor == 1, "resnet", "only bottleneck blocks can be widened");
  VIGIE_CHECK(spec.width >= 1, "resnet", "a width of {} channels", spec.width);
  GraphBuilder b;
  Ref x = b.input(3);
  x = b.relu(conv_norm(b, "conv1", "bn1", x, {.out = spec.width, .kernel = 7, .stride = 2}));
  x = b.max_pool(x, 3, 2, 1);
  for (int stage = 1; stage <= 4; ++stage) {
    x = stage_of(b, x, spec, stage);
    b.output(fmt::format("layer{}", stage), x);
  }
  b.output("pool", b.unary(nn::Op::GlobalAvgPool, x));
  return b.build();
}

}  // namespace vigie
