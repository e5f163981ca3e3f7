#include "vigie/networks/cutpaste.h"

#include "vigie/nn/builder.h"

namespace vigie {

namespace {

constexpr std::int64_t kLastHidden = 128;

}  // namespace

nn::Graph cutpaste_encoder(const nn::Graph& backbone) {
  nn::Graph encoder = nn::select_outputs(backbone, {"pool"});
  encoder.outputs[0].name = "embedding";
  return encoder;
}

nn::Graph cutpaste_head(const CutPasteHeadSpec& spec) {
  nn::GraphBuilder b;
  nn::Ref x = b.input(spec.channels, 1, 1);
  for (std::int64_t i = 0; i <= spec.hidden; ++i) {
    const std::string name = fmt::format("head.{}", i);
    x = b.linear(name, x, i < spec.hidden ? spec.width : kLastHidden, false);
    x = b.relu(b.batch_norm(name + ".norm", x));
  }
  b.output("logits", b.linear("head.logits", x, spec.classes));
  return b.build();
}

}  // namespace vigie
