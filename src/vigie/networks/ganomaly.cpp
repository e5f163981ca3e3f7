#include "vigie/networks/ganomaly.h"

#include <algorithm>

#include "vigie/networks/image_to_latent.h"
#include "vigie/nn/builder.h"
#include "vigie/nn/compose.h"

namespace vigie {

namespace {

constexpr const char* kWhere = "ganomaly";
constexpr double kSlope = 0.2;
constexpr std::int64_t kSmallestGrid = 4;

struct Plan {
  std::vector<std::int64_t> channels;  ///< after each halving
  std::int64_t height = 0, width = 0;  ///< of the grid it ends on
  std::int64_t grid_values() const { return height * width * channels.back(); }
};

Plan plan_of(const GanomalyShape& shape) {
  check_image_to_latent(kWhere, shape.height, shape.width, shape.latent, shape.base);
  VIGIE_CHECK(shape.most_channels >= 1 && shape.most_channels <= 8192, kWhere, "most_channels must be 1 … 8192, got {}",
              shape.most_channels);
  Plan plan{{}, shape.height, shape.width};
  std::int64_t channels = shape.base;
  while (std::max(plan.height, plan.width) > kSmallestGrid && plan.height % 2 == 0 && plan.width % 2 == 0) {
    plan.height /= 2, plan.width /= 2;
    plan.channels.push_back(std::min(channels, shape.most_channels));
    channels *= 2;
  }
  return plan;
}

nn::ConvSpec halving(std::int64_t out) {
  return {.out = out, .kernel = 4, .stride = 2, .pad = 1};
}

/// Image -> the last grid [B h w C].
nn::Ref halved(nn::GraphBuilder& b, const Plan& plan, const std::string& prefix, nn::Ref x) {
  for (std::size_t i = 0; i < plan.channels.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    x = b.conv(prefix + ".conv" + number, x, halving(plan.channels[i]));
    if (i > 0) x = b.batch_norm(prefix + ".norm" + number, x);  // as in DCGAN, the first layer has none
    x = b.leaky_relu(x, kSlope);
  }
  return x;
}

nn::Ref as_row(nn::GraphBuilder& b, const Plan& plan, nn::Ref grid) {
  return b.reshape(grid, fmt::format("1,1,{}", plan.grid_values()));
}

}  // namespace

nn::Graph ganomaly_encoder(const GanomalyShape& shape, const std::string& prefix, const std::string& output) {
  const Plan plan = plan_of(shape);
  nn::GraphBuilder b;
  const nn::Ref grid = halved(b, plan, prefix, b.input(3, shape.height, shape.width));
  b.output(output, b.linear(prefix + ".latent", as_row(b, plan, grid), shape.latent, false));
  return b.build();
}

nn::Graph ganomaly_decoder(const GanomalyShape& shape) {
  const Plan plan = plan_of(shape);
  nn::GraphBuilder b;
  nn::Ref x = b.linear("decoder.latent", b.input(shape.latent, 1, 1), plan.grid_values(), false);
  x = b.reshape(x, fmt::format("{},{},{}", plan.height, plan.width, plan.channels.back()));
  x = b.relu(b.batch_norm("decoder.norm_latent", x));
  for (std::size_t i = plan.channels.size(); i-- > 0;) {
    const std::string number = std::to_string(i + 1);
    x = b.conv_transpose("decoder.conv" + number, x, halving(i == 0 ? 3 : plan.channels[i - 1]));
    x = i == 0 ? b.unary(nn::Op::Tanh, x) : b.relu(b.batch_norm("decoder.norm" + number, x));
  }
  b.output("generated", x);
  return b.build();
}

nn::Graph ganomaly_discriminator(const GanomalyShape& shape) {
  const Plan plan = plan_of(shape);
  nn::GraphBuilder b;
  const nn::Ref features = halved(b, plan, "discriminator", b.input(3, shape.height, shape.width));
  b.output("features", features);
  b.output("logit", b.linear("discriminator.logit", as_row(b, plan, features), 1, false));
  return b.build();
}

nn::Graph ganomaly_generator(const GanomalyShape& shape) {
  nn::GraphBuilder b;
  b.output("scaled", b.scale(b.input(3, shape.height, shape.width), 2, -1));
  nn::Graph graph = nn::attach(b.build(), "scaled", ganomaly_encoder(shape, "encoder"));
  graph = nn::attach(graph, "latent", ganomaly_decoder(shape));
  graph = nn::attach(graph, "generated", ganomaly_encoder(shape, "encoder_again", "latent_again"));
  return nn::select_outputs(graph, {"latent", "latent_again", "generated"});
}

}  // namespace vigie
