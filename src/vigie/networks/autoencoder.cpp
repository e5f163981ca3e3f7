#include "vigie/networks/autoencoder.h"

#include <algorithm>

#include "vigie/networks/image_to_latent.h"
#include "vigie/nn/builder.h"
#include "vigie/nn/compose.h"

namespace vigie {

namespace {

constexpr const char* kWhere = "autoencoder";
constexpr double kSlope = 0.2;
constexpr std::int64_t kSmallestGrid = 8;

/// One convolution of the encoder: 4 x 4 with stride 2, or 3 x 3.
struct Layer {
  std::int64_t channels = 0;  ///< that it gives
  bool halves = false;
};

/// The encoder between the image and the layer that spans the grid.
struct Plan {
  std::vector<Layer> layers;
  std::int64_t height = 0, width = 0;  ///< of the grid it ends on
};

/// The published layers from the inner end: as many of them as the size has halvings, more of the outermost if needed.
Plan plan_of(const AutoencoderShape& shape) {
  check_image_to_latent(kWhere, shape.height, shape.width, shape.latent, shape.base);
  Plan plan{{}, shape.height, shape.width};
  int halvings = 0;
  for (; std::max(plan.height, plan.width) > kSmallestGrid && plan.height % 2 == 0 && plan.width % 2 == 0; ++halvings)
    plan.height /= 2, plan.width /= 2;
  for (int left = halvings; left > 0; --left) {
    const std::int64_t factor = left == 1 ? 4 : left == 2 ? 2 : 1;
    plan.layers.push_back({factor * shape.base, true});
    if (left == 3) plan.layers.push_back({shape.base, false});
    if (left <= 2) plan.layers.push_back({2 * shape.base, false});
  }
  plan.layers.push_back({shape.base, false});
  return plan;
}

nn::ConvSpec spec_of(const Layer& layer, std::int64_t out) {
  if (layer.halves) return {.out = out, .kernel = 4, .stride = 2, .pad = 1, .bias = true};
  return {.out = out, .kernel = 3, .bias = true};
}

/// Image -> all numbers of the last grid as one row [B 1 1 h·w·C].
nn::Ref encoder_trunk(nn::GraphBuilder& b, const AutoencoderShape& shape, nn::Ref image) {
  const Plan plan = plan_of(shape);
  nn::Ref x = image;
  for (std::size_t i = 0; i < plan.layers.size(); ++i)
    x = b.leaky_relu(b.conv(fmt::format("encoder.conv{}", i + 1), x, spec_of(plan.layers[i], plan.layers[i].channels)),
                     kSlope);
  return b.reshape(x, fmt::format("1,1,{}", plan.height * plan.width * shape.base));
}

}  // namespace

nn::Graph autoencoder_encoder(const AutoencoderShape& shape) {
  nn::GraphBuilder b;
  const nn::Ref image = b.input(3, shape.height, shape.width);
  const nn::Ref row = encoder_trunk(b, shape, image);
  b.output("input", image);
  b.output("latent", b.linear("encoder.latent", row, shape.latent));
  return b.build();
}

nn::Graph variational_encoder(const AutoencoderShape& shape) {
  nn::GraphBuilder b;
  const nn::Ref image = b.input(3, shape.height, shape.width);
  const nn::Ref row = encoder_trunk(b, shape, image);
  b.output("input", image);
  b.output("mean", b.linear("encoder.mean", row, shape.latent));
  b.output("log_variance", b.linear("encoder.log_variance", row, shape.latent));
  return b.build();
}

nn::Graph autoencoder_decoder(const AutoencoderShape& shape) {
  const Plan plan = plan_of(shape);
  nn::GraphBuilder b;
  const nn::Ref row = b.linear("decoder.latent", b.input(shape.latent, 1, 1), plan.height * plan.width * shape.base);
  nn::Ref x = b.leaky_relu(b.reshape(row, fmt::format("{},{},{}", plan.height, plan.width, shape.base)), kSlope);
  for (std::size_t i = plan.layers.size(); i-- > 0;) {
    // Each gives back what its counterpart was given.
    const std::int64_t out = i == 0 ? 3 : plan.layers[i - 1].channels;
    const nn::ConvSpec spec = spec_of(plan.layers[i], out);
    const std::string name = fmt::format("decoder.conv{}", i + 1);
    x = plan.layers[i].halves ? b.conv_transpose(name, x, spec) : b.conv(name, x, spec);
    x = i == 0 ? b.unary(nn::Op::Sigmoid, x) : b.leaky_relu(x, kSlope);
  }
  b.output("reconstruction", x);
  return b.build();
}

nn::Graph autoencoder_graph(const AutoencoderShape& shape) {
  return nn::attach(autoencoder_encoder(shape), "latent", autoencoder_decoder(shape));
}

nn::Graph variational_autoencoder_graph(const AutoencoderShape& shape) {
  return nn::attach(variational_encoder(shape), "mean", autoencoder_decoder(shape));
}

nn::Graph latent_discriminator(std::int64_t latent, std::int64_t hidden) {
  VIGIE_CHECK(latent >= 1 && hidden >= 1, kWhere, "a discriminator needs at least one number and one hidden unit");
  nn::GraphBuilder b;
  nn::Ref x = b.input(latent, 1, 1);
  x = b.leaky_relu(b.linear("discriminator.hidden1", x, hidden), kSlope);
  x = b.leaky_relu(b.linear("discriminator.hidden2", x, hidden), kSlope);
  b.output("logit", b.linear("discriminator.logit", x, 1));
  return b.build();
}

}  // namespace vigie
