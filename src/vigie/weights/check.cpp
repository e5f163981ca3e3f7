#include "vigie/weights/check.h"

#include <cmath>

#include "vigie/backbones/backbone.h"
#include "vigie/backbones/trunk.h"
#include "vigie/backbones/weights.h"
#include "vigie/backbones/weights_file.h"
#include "vigie/core/text.h"
#include "vigie/io/safetensors.h"
#include "vigie/weights/sha256.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;

const BackboneInfo& backbone_using(const std::string& weights) {
  for (const BackboneInfo& info : backbones()) {
    if (info.weights == weights) return info;
  }
  fail(ErrorKind::Internal, "weights", "no backbone uses the weights '{}'", weights_info(weights).name);
}

/// "module." when a checkpoint names "module.conv1.weight" what the network calls "conv1.weight".
std::string common_prefix(const TensorMap& weights, const std::string& parameter) {
  std::string shortest;
  bool found = false;
  for (const auto& [name, tensor] : weights) {
    if (name != parameter && !name.ends_with("." + parameter)) continue;
    std::string prefix = name.substr(0, name.size() - parameter.size());
    if (!found || prefix.size() < shortest.size()) shortest = std::move(prefix);
    found = true;
  }
  return shortest;
}

TensorMap without_prefix(const TensorMap& weights, const std::string& prefix) {
  TensorMap bare;
  for (const auto& [name, tensor] : weights) {
    if (name.starts_with(prefix)) bare.emplace(name.substr(prefix.size()), tensor);
  }
  return bare;
}

void check_finite(const TensorMap& weights) {
  for (const auto& [name, tensor] : weights) {
    for (const float value : tensor.values<float>()) {
      if (!std::isfinite(value)) fail(ErrorKind::BadFile, "weights", "'{}' holds {}", name, value);
    }
  }
}

struct CheckedTrunk {
  TensorMap weights;  ///< what the network names, nothing else
  std::string last;   ///< the last complete stage
  bool complete = false;
};

CheckedTrunk checked_trunk(const std::string& name, const TensorMap& weights) {
  const nn::Graph graph = backbone_using(name).graph();
  const std::vector<std::string> stages = stages_present(graph, weights);
  if (stages.empty()) {
    fail(ErrorKind::BadFile, "weights", "these are not weights of {}: '{}' is missing", name,
         first_missing(graph, weights));
  }
  nn::Network trunk = nn::network_of(trunk_of(graph, stages.back()), weights);
  check_finite(trunk.weights);
  return {std::move(trunk.weights), stages.back(), first_missing(graph, weights).empty()};
}

std::string first_parameter(const nn::Graph& graph) {
  for (const nn::Node& node : graph.nodes) {
    if (!node.params.empty()) return node.params.front();
  }
  return "";
}

}  // namespace

fs::path import_weights(const std::string& name, const fs::path& path) {
  const WeightsInfo& info = weights_info(name);
  const TensorMap given = read_weights_file(path);
  const std::string prefix = common_prefix(given, first_parameter(backbone_using(name).graph()));
  CheckedTrunk trunk;
  try {
    trunk = checked_trunk(name, without_prefix(given, prefix));
  } catch (const Error& error) {
    fail(ErrorKind::BadFile, "import_weights", "{}: {}", path.string(), error.what());
  }
  const fs::path target = weights_cache() / (name + ".safetensors");
  write_safetensors(target,
                    {std::move(trunk.weights),
                     {{"network", info.name}, {"source", utf8_name(path.filename())}, {"ends_at", trunk.last}}});
  return target;
}

WeightsReport verify_weights(const std::string& name) {
  const WeightsInfo& info = weights_info(name);
  WeightsReport report{.path = require_weights(name), .good = false, .text = ""};
  const bool official = report.path.filename() == info.file;
  try {
    if (official) {
      const std::string digest = sha256_of(report.path);
      if (!digest.starts_with(info.sha256)) {
        report.text = fmt::format("SHA-256 is {} but should begin with {}", digest, info.sha256);
        return report;
      }
    }
    const CheckedTrunk trunk = checked_trunk(name, read_weights_file(report.path));
    report.good = true;
    report.text =
        fmt::format("{}; {}, all values finite", official ? "official file, SHA-256 matches" : "own file, shapes match",
                    trunk.complete ? "complete" : "ends at " + trunk.last);
  } catch (const Error& error) {
    report.text = error.what();
  }
  return report;
}

}  // namespace vigie
