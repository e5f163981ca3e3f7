#include "vigie/backbones/backbone.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "vigie/backbones/filters.h"
#include "vigie/backbones/resnet.h"
#include "vigie/backbones/scout.h"
#include "vigie/backbones/trunk.h"
#include "vigie/backbones/weights.h"
#include "vigie/core/options.h"

namespace vigie {
namespace {

BackboneInfo resnet_info(const std::string& name, const std::string& summary, const ResNetSpec& spec) {
  BackboneInfo info{.name = name, .summary = summary, .weights = name, .layers = {}, .graph = {}, .own_weights = {}};
  for (int stage = 1; stage <= 4; ++stage) {
    info.layers.push_back({fmt::format("layer{}", stage), resnet_channels(spec, stage), std::int64_t{2} << stage});
  }
  info.layers.push_back({"pool", resnet_channels(spec, 4), 0});
  info.graph = [spec] { return resnet_graph(spec); };
  return info;
}

BackboneInfo scout_info() {
  return {.name = "scout",
          .summary = "comes with vigie: half as wide as resnet18 and taught by it; no download",
          .weights = "",
          .layers = scout_layers(),
          .graph = scout_graph,
          .own_weights = scout_weights};
}

BackboneInfo filters_info() {
  return {.name = "filters",
          .summary = "fixed oriented filters at four scales; needs no trained weights",
          .weights = "",
          .layers = filters_layers(),
          .graph = filters_graph,
          .own_weights = filters_weights};
}

/// The stages that the weights at hand reach; refuses weights that do not even hold the first one.
std::vector<std::string> reachable_stages(const BackboneInfo& info, const nn::Graph& graph, const TensorMap& weights) {
  std::vector<std::string> stages = stages_present(graph, weights);
  if (stages.empty()) {
    const auto path = find_weights(info.weights);
    fail(ErrorKind::BadFile, "load_backbone", "{}: these are not weights of {}: the parameter '{}' is missing",
         path ? path->string() : info.weights, info.name, first_missing(graph, weights));
  }
  return stages;
}

[[noreturn]] void fail_beyond_trunk(const BackboneInfo& info, const std::string& layer, const std::string& last) {
  const auto path = find_weights(info.weights);
  fail(ErrorKind::Unsupported, "load_backbone",
       "{}: these weights of {} end at {}, so {} cannot be had; choose layers up to {} or use the complete file {}",
       path ? path->string() : info.weights, info.name, last, layer, last, weights_info(info.weights).file);
}

}  // namespace

const std::vector<BackboneInfo>& backbones() {
  static const std::vector<BackboneInfo> table{
      resnet_info("resnet18", "ResNet-18: small and fast", {.blocks = {2, 2, 2, 2}}),
      resnet_info("resnet34", "ResNet-34: as resnet18, twice as deep", {.blocks = {3, 4, 6, 3}}),
      resnet_info("resnet50", "ResNet-50 v1.5: bottleneck blocks", {.blocks = {3, 4, 6, 3}, .bottleneck = true}),
      resnet_info("wide_resnet50_2", "Wide ResNet-50-2: the backbone of most published numbers, slow",
                  {.blocks = {3, 4, 6, 3}, .bottleneck = true, .width_factor = 2}),
      scout_info(),
      filters_info(),
  };
  return table;
}

const BackboneInfo& backbone_info(const std::string& name) {
  const auto& table = backbones();
  const auto at = std::ranges::find(table, name, &BackboneInfo::name);
  if (at != table.end()) return *at;
  std::vector<std::string> names;
  for (const BackboneInfo& info : table) names.push_back(info.name);
  fail(ErrorKind::NotFound, "backbone_info", "no backbone is called '{}'{}", name, suggestion(name, names));
}

LoadedBackbone load_backbone(const std::string& name, const std::vector<std::string>& layers) {
  const BackboneInfo& info = backbone_info(name);
  VIGIE_CHECK(!layers.empty(), "load_backbone", "no layer of {} was asked for", name);
  const nn::Graph graph = info.graph();
  const nn::Graph wanted = nn::select_outputs(graph, layers);  // refuses unknown layers before any file is read
  if (info.weights.empty()) return {nn::network_of(wanted, info.own_weights()), false};

  const TensorMap weights = load_weights(info.weights);
  const std::vector<std::string> stages = reachable_stages(info, graph, weights);
  for (const std::string& layer : layers) {
    if (layer != "pool" && std::ranges::find(stages, layer) == stages.end()) {
      fail_beyond_trunk(info, layer, stages.back());
    }
  }
  const bool complete = first_missing(graph, weights).empty();
  if (complete) return {nn::network_of(wanted, weights), false};
  const nn::Graph trunk = nn::select_outputs(trunk_of(graph, stages.back()), layers);
  return {nn::network_of(trunk, weights), std::ranges::find(layers, "pool") != layers.end()};
}

}  // namespace vigie
