#include "vigie/backbones/scout.h"

#include "vigie/backbones/resnet.h"
#include "vigie/backbones/trunk.h"
#include "vigie/networks/student_metric.h"
#include "vigie/nn/builder.h"
#include "vigie/nn/compose.h"

namespace vigie {

namespace {

constexpr const char* kLast = "layer3";

const ResNetSpec& spec() {
  static const ResNetSpec half{.blocks = {2, 2, 2, 2}, .width = 32};
  return half;
}

}  // namespace

nn::Graph scout_trunk() {
  return nn::select_outputs(trunk_of(resnet_graph(spec()), kLast), {"layer1", "layer2", kLast});
}

nn::Graph scout_graph() {
  nn::GraphBuilder pool;
  pool.output("pool", pool.unary(nn::Op::GlobalAvgPool, pool.input(resnet_channels(spec(), 3))));
  return nn::attach(with_metric(scout_trunk()), kLast, pool.build());
}

std::vector<LayerInfo> scout_layers() {
  std::vector<LayerInfo> layers;
  for (int stage = 1; stage <= 3; ++stage)
    layers.push_back({fmt::format("layer{}", stage), resnet_channels(spec(), stage), std::int64_t{2} << stage});
  layers.push_back({"pool", resnet_channels(spec(), 3), 0});
  return layers;
}

}  // namespace vigie
