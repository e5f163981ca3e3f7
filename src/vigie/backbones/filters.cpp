#include "vigie/backbones/filters.h"

#include "vigie/backbones/filters_weights.h"
#include "vigie/nn/builder.h"

namespace vigie {
namespace {

using nn::GraphBuilder;
using nn::Op;
using nn::Ref;
using namespace filter_bank;

std::string scaled(const char* name, int scale) {
  return fmt::format("{}{}", name, scale);
}

/// Local mean of a 3x3 window; stride 2 halves the grid, rounding up like the strided convolutions do.
Ref smooth(GraphBuilder& b, Ref x, std::int64_t stride) {
  return b.avg_pool(x, 3, stride, 1, false);
}

/// [B n n 3] opponent colours, n = input / 2^scale, -> E_scale on stride 4 (scales 0 and 1), 8, 16.
Ref first_order(GraphBuilder& b, Ref colours, int scale) {
  Ref x = b.relu(b.conv(scaled("bank", scale), colours, {.out = 2 * kFilters, .kernel = kBankSize, .stride = 2}));
  x = smooth(b, x, scale == 0 ? 2 : 1);
  return b.conv(scaled("energy", scale), x, {.out = kEnergies, .kernel = 1});
}

/// E_scale -> T_scale on half its grid.
Ref second_order(GraphBuilder& b, Ref energies, int scale) {
  Ref x = b.conv(scaled("oriented", scale), energies, {.out = kOriented, .kernel = 1});
  x = b.conv(scaled("second_bank", scale), x,
             {.out = kOriented * kSecondFilters * 2, .kernel = kSecondSize, .stride = 2, .groups = kOriented});
  x = smooth(b, b.relu(x), 1);
  return b.conv(scaled("second_energy", scale), x, {.out = kSecondEnergies, .kernel = 1});
}

Ref colour_level(GraphBuilder& b, Ref colours, int level) {
  return b.conv(scaled("colour", level), colours, {.out = kColours, .kernel = 1, .groups = kColours});
}

Ref layer(GraphBuilder& b, const std::string& name, const std::vector<Ref>& parts) {
  const Ref x = b.unary(Op::Tanh, b.concat(parts));
  b.output(name, x);
  return x;
}

}  // namespace

nn::Graph filters_graph() {
  GraphBuilder b;
  std::vector<Ref> pyramid{b.conv("opponent", b.input(3), {.out = kColours, .kernel = 1})};
  for (int level = 1; level <= kScales; ++level) {
    pyramid.push_back(b.conv(scaled("blur", level), pyramid.back(),
                             {.out = kColours, .kernel = kBlurSize, .stride = 2, .groups = kColours}));
  }
  std::vector<Ref> energies;
  for (int scale = 0; scale < kScales; ++scale) energies.push_back(first_order(b, pyramid[scale], scale));
  const Ref fine = smooth(b, energies[0], 2);    // stride 8
  const Ref middle = smooth(b, energies[1], 2);  // stride 8
  layer(b, "layer1", {energies[0], energies[1], colour_level(b, pyramid[2], 2)});
  layer(b, "layer2", {fine, middle, energies[2], second_order(b, energies[0], 0), colour_level(b, pyramid[3], 3)});
  const Ref last = layer(b, "layer3",
                         {smooth(b, middle, 2), smooth(b, energies[2], 2), energies[3], second_order(b, middle, 1),
                          colour_level(b, pyramid[4], 4)});
  b.output("pool", b.unary(Op::GlobalAvgPool, last));
  return b.build();
}

std::vector<LayerInfo> filters_layers() {
  const std::int64_t deep = 3 * kEnergies + kSecondEnergies + kColours;
  return {{"layer1", 2 * kEnergies + kColours, 4}, {"layer2", deep, 8}, {"layer3", deep, 16}, {"pool", deep, 0}};
}

}  // namespace vigie
