#include "vigie/networks/pdn.h"

#include <algorithm>
#include <cmath>

#include "vigie/core/error.h"

namespace vigie {

namespace {

void check(const PdnSpec& spec) {
  constexpr const char* where = "pdn";
  VIGIE_CHECK(spec.size == "small" || spec.size == "medium", where, "size must be small or medium, got '{}'",
              spec.size);
  VIGIE_CHECK(spec.width >= 0.05 && spec.width <= 4, where, "width must be 0.05 ... 4, got {}", spec.width);
  VIGIE_CHECK(spec.channels >= 1, where, "channels must be positive, got {}", spec.channels);
  VIGIE_CHECK(spec.stride == 4 || spec.stride == 8 || spec.stride == 16, where, "stride must be 4, 8 or 16, got {}",
              spec.stride);
}

/// Writes the layers of one PDN under its prefix.
class PdnWriter {
 public:
  PdnWriter(nn::GraphBuilder& builder, const PdnSpec& spec, std::string prefix)
      : b_(builder), spec_(spec), prefix_(std::move(prefix)) {}

  nn::Ref write_small(nn::Ref x) {
    x = pool(conv(x, hidden(128), 4, 3));
    x = pool(conv(x, hidden(256), 4, 3));
    x = pool_to_stride(conv(x, hidden(256), 3, 1));
    return last(x, spec_.channels, 4, pad_of_last());
  }

  nn::Ref write_medium(nn::Ref x) {
    x = pool(conv(x, hidden(256), 4, 3));
    x = pool(conv(x, hidden(512), 4, 3));
    x = conv(x, hidden(512), 1, 0);
    x = pool_to_stride(conv(x, hidden(512), 3, 1));
    x = conv(x, hidden(512), 4, pad_of_last());
    return last(x, spec_.channels, 1, 0);
  }

 private:
  std::int64_t hidden(std::int64_t paper) const {
    const double eighths = std::round(static_cast<double>(paper) * spec_.width / 8);
    return 8 * std::max<std::int64_t>(1, static_cast<std::int64_t>(eighths));
  }

  nn::Ref conv(nn::Ref x, std::int64_t out, std::int64_t kernel, std::int64_t pad) {
    return b_.relu(last(x, out, kernel, pad));
  }
  nn::Ref last(nn::Ref x, std::int64_t out, std::int64_t kernel, std::int64_t pad) {
    const std::string name = fmt::format("{}conv{}", prefix_, ++layers_);
    return b_.conv(name, x, {.out = out, .kernel = kernel, .pad = pad, .bias = true});
  }
  nn::Ref pool(nn::Ref x) { return b_.avg_pool(x, 2, 2, 1); }

  // The paddings of this pooling and of the 4x4 convolution after it give exactly H/stride cells and keep cell y
  // centred on pixel stride·y: before the pooling there are H/4 + 3 rows, row y centred on pixel 4·y - 6.
  nn::Ref pool_to_stride(nn::Ref x) {
    const std::int64_t factor = spec_.stride / 4;
    return factor == 1 ? x : b_.avg_pool(x, factor, factor, factor - 2);
  }
  std::int64_t pad_of_last() const { return spec_.stride == 4 ? 0 : 1; }

  nn::GraphBuilder& b_;
  const PdnSpec& spec_;
  std::string prefix_;
  int layers_ = 0;
};

}  // namespace

nn::Ref append_pdn(nn::GraphBuilder& builder, nn::Ref image, const PdnSpec& spec, const std::string& prefix) {
  check(spec);
  PdnWriter writer(builder, spec, prefix);
  return spec.size == "small" ? writer.write_small(image) : writer.write_medium(image);
}

}  // namespace vigie
