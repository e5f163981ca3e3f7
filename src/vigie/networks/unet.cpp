#include "vigie/networks/unet.h"

#include <algorithm>

#include "vigie/core/error.h"

namespace vigie {

namespace {

constexpr std::int64_t kMostDoublings = 3;

void check(const UnetSpec& spec) {
  VIGIE_CHECK(spec.base_width >= 1 && spec.base_width <= 1024, "unet", "base_width must be 1 ... 1024, got {}",
              spec.base_width);
  VIGIE_CHECK(spec.levels >= 2 && spec.levels <= 8, "unet", "levels must be 2 ... 8, got {}", spec.levels);
}

std::int64_t width_of(const UnetSpec& spec, std::int64_t level) {
  return spec.base_width << std::min(level, kMostDoublings);
}

/// Writes the parts of one U-Net under its prefix.
class UnetWriter {
 public:
  UnetWriter(nn::GraphBuilder& builder, const UnetSpec& spec, std::string prefix)
      : b_(builder), spec_(spec), prefix_(std::move(prefix)) {}

  nn::Ref write(nn::Ref x, std::int64_t out) {
    std::vector<nn::Ref> skips;
    for (std::int64_t level = 0; level < spec_.levels; ++level) {
      const std::string name = fmt::format("{}down{}", prefix_, level + 1);
      const nn::ConvSpec first = level == 0
                                     ? nn::ConvSpec{.out = width_of(spec_, 0)}
                                     : nn::ConvSpec{.out = width_of(spec_, level), .kernel = 4, .stride = 2, .pad = 1};
      x = block(name, x, first);
      skips.push_back(x);
    }
    for (std::int64_t level = spec_.levels - 2; level >= 0; --level) {
      const std::string name = fmt::format("{}up{}", prefix_, level + 1);
      const std::int64_t width = width_of(spec_, level);
      x = b_.conv_transpose(name + ".upconv", x, {.out = width, .kernel = 4, .stride = 2, .pad = 1, .bias = true});
      x = block(name, b_.concat({x, skips[static_cast<std::size_t>(level)]}), {.out = width});
    }
    return b_.conv(prefix_ + "last", x, {.out = out, .bias = true});
  }

 private:
  nn::Ref block(const std::string& name, nn::Ref x, const nn::ConvSpec& first) {
    x = b_.relu(b_.batch_norm(name + ".bn1", b_.conv(name + ".conv1", x, first)));
    return b_.relu(b_.batch_norm(name + ".bn2", b_.conv(name + ".conv2", x, {.out = first.out})));
  }

  nn::GraphBuilder& b_;
  const UnetSpec& spec_;
  std::string prefix_;
};

}  // namespace

std::int64_t unet_stride(const UnetSpec& spec) {
  check(spec);
  return std::int64_t{1} << (spec.levels - 1);
}

nn::Ref append_unet(nn::GraphBuilder& builder, nn::Ref image, const UnetSpec& spec, std::int64_t out,
                    const std::string& prefix) {
  check(spec);
  return UnetWriter(builder, spec, prefix).write(image, out);
}

nn::Graph unet_graph(const UnetSpec& spec) {
  nn::GraphBuilder builder;
  builder.output("reconstruction", append_unet(builder, builder.input(3), spec, 3, "unet."));
  return builder.build();
}

}  // namespace vigie
