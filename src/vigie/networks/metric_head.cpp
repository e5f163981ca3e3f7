#include "vigie/networks/metric_head.h"

#include "vigie/nn/builder.h"

namespace vigie {

nn::Graph metric_head(std::int64_t channels, std::int64_t dimensions) {
  nn::GraphBuilder b;
  const nn::Ref pooled = b.unary(nn::Op::GlobalAvgPool, b.input(channels));
  b.output("embedding", b.unary(nn::Op::L2Norm, b.linear("projection", pooled, dimensions)));
  return b.build();
}

}  // namespace vigie
