#include "vigie/pipeline/model.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "vigie/core/text.h"
#include "vigie/io/safetensors.h"
#include "vigie/pipeline/version.h"

namespace vigie {

namespace {

using nlohmann::json;

constexpr const char* kManifestKey = "vigie";
constexpr std::string_view kNetworkPrefix = "network/";
constexpr std::string_view kDetectorPrefix = "detector/";

json manifest_of(const Model& model) {
  json manifest = {
      {"format", kModelFormat},
      {"written_by", fmt::format("vigie {}", kVersion)},
      {"detector", {{"name", model.detector}, {"options", model.detector_options}, {"facts", model.state.facts}}},
      {"backbone", model.backbone},
      {"protocol", model.protocol},
      {"graph", nn::json_from_graph(model.network.graph)},
      {"precision", name_of(model.precision)},
      {"preprocess", json_from_preprocess(model.preprocess)},
      {"postprocess", json_from_postprocess(model.postprocess)},
      {"calibration", json_from_calibration(model.calibration)},
      {"provenance", model.provenance}};
  if (model.precision == Precision::Int8) manifest["quantisation"] = nn::json_from_quantisation(model.quantisation);
  if (model.previous_calibration) manifest["previous_calibration"] = json_from_calibration(*model.previous_calibration);
  return manifest;
}

json parse_manifest(const std::filesystem::path& path, const std::map<std::string, std::string>& metadata) {
  const auto entry = metadata.find(kManifestKey);
  if (entry == metadata.end())
    fail(ErrorKind::BadFile, "load_model", "{}: a safetensors file, but not a vigie model (no '{}' entry)",
         path.string(), kManifestKey);
  json manifest = json::parse(entry->second, nullptr, false);
  if (!manifest.is_object() || !manifest.value("format", json()).is_number_integer())
    fail(ErrorKind::BadFile, "load_model", "{}: the manifest is damaged", path.string());
  const auto format = manifest["format"].get<std::int64_t>();
  if (format > kModelFormat)
    fail(ErrorKind::Unsupported, "load_model", "{}: format {} is newer than this vigie reads ({}); update vigie",
         path.string(), format, kModelFormat);
  if (format < 1) fail(ErrorKind::BadFile, "load_model", "{}: format {} does not exist", path.string(), format);
  return manifest;
}

TensorMap with_prefix(const TensorMap& tensors, std::string_view prefix) {
  TensorMap out;
  for (const auto& [name, tensor] : tensors)
    if (name.starts_with(prefix)) out.emplace(name.substr(prefix.size()), tensor);
  return out;
}

void check_finite(const TensorMap& weights) {
  for (const auto& [name, tensor] : weights) {
    const auto values = tensor.values<float>();
    if (!std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); }))
      fail(ErrorKind::BadFile, "load_model", "the network's {} holds a value that is not finite", name);
  }
}

// What the types leave open. A wrong word here would be measured as something else in silence.
void check_manifest(const Model& model) {
  if (model.protocol != "deploy" && model.protocol != "paper")
    fail(ErrorKind::BadFile, "load_model", "unknown protocol '{}'", model.protocol);
  if (detector_info(model.detector).has_map && std::isnan(model.calibration.pixel_threshold))
    fail(ErrorKind::BadFile, "load_model", "the pixel threshold is missing");
  const auto& hashes = model.provenance.at("image_hashes");
  const auto is_text = [](const json& hash) { return hash.is_string(); };
  if (!hashes.is_array() || !std::all_of(hashes.begin(), hashes.end(), is_text))
    fail(ErrorKind::BadFile, "load_model", "the hashes of the images learnt from are damaged");
}

// Ranges that name nothing in the graph would leave it running in a higher format in silence.
void check_quantisation(const nn::Quantisation& quantisation, const nn::Graph& graph) {
  std::set<std::string> nodes;
  for (const nn::Node& node : graph.nodes) nodes.insert(node.name);
  if (quantisation.empty()) fail(ErrorKind::BadFile, "load_model", "an int8 model without ranges");
  for (const auto& [name, range] : quantisation.activations)
    if (!nodes.contains(name)) fail(ErrorKind::BadFile, "load_model", "int8 range of an unknown node '{}'", name);
  for (const std::string& name : quantisation.kept)
    if (!nodes.contains(name)) fail(ErrorKind::BadFile, "load_model", "unknown node '{}' is kept from int8", name);
}

// Format 1 knew only f32.
void read_precision(const json& manifest, Model& model) {
  if (manifest.at("format").get<int>() == 1) return;
  model.precision = precision_from_name(manifest.at("precision").get<std::string>());
  if (model.precision != Precision::Int8) return;
  model.quantisation = nn::quantisation_from_json(manifest.at("quantisation"));
  check_quantisation(model.quantisation, model.network.graph);
}

Model model_from_manifest(const json& manifest, const TensorMap& tensors) {
  Model model;
  const json& detector = manifest.at("detector");
  model.detector = detector.at("name").get<std::string>();
  model.detector_options = detector.at("options");
  model.state.facts = detector.at("facts");
  model.state.tensors = with_prefix(tensors, kDetectorPrefix);
  model.backbone = manifest.at("backbone").get<std::string>();
  model.protocol = manifest.at("protocol").get<std::string>();
  model.network = {nn::graph_from_json(manifest.at("graph")), with_prefix(tensors, kNetworkPrefix)};
  nn::check_weights(model.network.graph, model.network.weights);
  check_finite(model.network.weights);
  read_precision(manifest, model);
  model.preprocess = preprocess_from_json(manifest.at("preprocess"));
  model.postprocess = postprocess_from_json(manifest.at("postprocess"));
  model.calibration = calibration_from_json(manifest.at("calibration"));
  if (manifest.contains("previous_calibration"))
    model.previous_calibration = calibration_from_json(manifest.at("previous_calibration"));
  model.provenance = manifest.at("provenance");
  check_manifest(model);
  return model;
}

}  // namespace

void save_model(const std::filesystem::path& path, const Model& model) {
  SafeTensors content;
  for (const auto& [name, tensor] : model.network.weights) content.tensors[std::string(kNetworkPrefix) + name] = tensor;
  for (const auto& [name, tensor] : model.state.tensors) content.tensors[std::string(kDetectorPrefix) + name] = tensor;
  content.metadata[kManifestKey] = json_text(manifest_of(model));
  write_safetensors(path, content);
}

Model load_model(const std::filesystem::path& path) {
  const SafeTensors content = read_safetensors(path);
  const json manifest = parse_manifest(path, content.metadata);
  try {
    return model_from_manifest(manifest, content.tensors);
  } catch (const json::exception& e) {
    fail(ErrorKind::BadFile, "load_model", "{}: the manifest lacks something ({})", path.string(), e.what());
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::Unsupported) throw;
    fail(ErrorKind::BadFile, "load_model", "{}: {}", path.string(), e.what());
  }
}

json read_manifest(const std::filesystem::path& path) {
  return parse_manifest(path, read_safetensors_metadata(path));
}

}  // namespace vigie
