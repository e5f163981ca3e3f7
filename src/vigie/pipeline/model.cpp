#include "vigie/pipeline/model.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "vigie/core/text.h"
#include "vigie/io/safetensors.h"
#include "vigie/pipeline/version.h"

namespace vigie {

namespace {

using nlohmann::json;

constexpr const char* kManifestKey = "vigie";
constexpr std::string_view kNetworkPrefix = "network/";
constexpr std::string_view kDetectorPrefix = "detector/";

std::string prefix_of_stage(std::size_t number) {
  return fmt::format("stages/{}/", number);
}

json json_from_stage(const Stage& stage) {
  json out = {
      {"name", stage.name},
      {"detector", {{"name", stage.detector}, {"options", stage.detector_options}, {"facts", stage.state.facts}}},
      {"backbone", stage.backbone},
      {"graph", nn::json_from_graph(stage.network.graph)},
      {"precision", name_of(stage.precision)},
      {"preprocess", json_from_preprocess(stage.preprocess)},
      {"postprocess", json_from_postprocess(stage.postprocess)},
      {"calibration", json_from_calibration(stage.calibration)}};
  if (stage.precision == Precision::Int8) out["quantisation"] = nn::json_from_quantisation(stage.quantisation);
  if (stage.previous_calibration) out["previous_calibration"] = json_from_calibration(*stage.previous_calibration);
  return out;
}

json manifest_of(const Model& model) {
  json stages = json::array();
  for (const Stage& stage : model.stages) stages.push_back(json_from_stage(stage));
  return {{"format", kModelFormat},
          {"written_by", fmt::format("vigie {}", kVersion)},
          {"protocol", model.protocol},
          {"stages", std::move(stages)},
          {"provenance", model.provenance}};
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
  const auto& hashes = model.provenance.at("image_hashes");
  const auto is_text = [](const json& hash) { return hash.is_string(); };
  if (!hashes.is_array() || !std::all_of(hashes.begin(), hashes.end(), is_text))
    fail(ErrorKind::BadFile, "load_model", "the hashes of the images learnt from are damaged");
  std::set<std::string> names;
  for (const Stage& stage : model.stages) {
    if (!names.insert(stage.name).second) fail(ErrorKind::BadFile, "load_model", "two stages named '{}'", stage.name);
    if (stage.preprocess.bits != model.stages.front().preprocess.bits)
      fail(ErrorKind::BadFile, "load_model", "stages read pictures of {} and of {} bits",
           model.stages.front().preprocess.bits, stage.preprocess.bits);
  }
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
void read_precision(const json& object, int format, Stage& stage) {
  if (format == 1) return;
  stage.precision = precision_from_name(object.at("precision").get<std::string>());
  if (stage.precision != Precision::Int8) return;
  stage.quantisation = nn::quantisation_from_json(object.at("quantisation"));
  check_quantisation(stage.quantisation, stage.network.graph);
}

Stage stage_from_json(const json& object, int format, const TensorMap& tensors) {
  Stage stage;
  const json& detector = object.at("detector");
  stage.detector = detector.at("name").get<std::string>();
  stage.name = format < 4 ? stage.detector : object.at("name").get<std::string>();
  stage.detector_options = detector.at("options");
  stage.state.facts = detector.at("facts");
  stage.state.tensors = with_prefix(tensors, kDetectorPrefix);
  stage.backbone = object.at("backbone").get<std::string>();
  stage.network = {nn::graph_from_json(object.at("graph")), with_prefix(tensors, kNetworkPrefix)};
  nn::check_weights(stage.network.graph, stage.network.weights);
  check_finite(stage.network.weights);
  read_precision(object, format, stage);
  stage.preprocess = preprocess_from_json(object.at("preprocess"));
  stage.postprocess = postprocess_from_json(object.at("postprocess"));
  stage.calibration = calibration_from_json(object.at("calibration"));
  if (object.contains("previous_calibration"))
    stage.previous_calibration = calibration_from_json(object.at("previous_calibration"));
  if (detector_info(stage.detector).has_map && std::isnan(stage.calibration.pixel_threshold))
    fail(ErrorKind::BadFile, "load_model", "the pixel threshold is missing");
  return stage;
}

std::vector<Stage> stages_from_json(const json& stages, int format, const TensorMap& tensors) {
  if (!stages.is_array() || stages.empty() || stages.size() > kMostStages)
    fail(ErrorKind::BadFile, "load_model", "a model has 1 to {} stages", kMostStages);
  std::vector<Stage> out;
  for (std::size_t i = 0; i < stages.size(); ++i)
    out.push_back(stage_from_json(stages[i], format, with_prefix(tensors, prefix_of_stage(i))));
  return out;
}

Model model_from_manifest(const json& manifest, const TensorMap& tensors) {
  Model model;
  const int format = manifest.at("format").get<int>();
  model.protocol = manifest.at("protocol").get<std::string>();
  if (format < 4)  // what is now a stage was the manifest itself
    model.stages = {stage_from_json(manifest, format, tensors)};
  else
    model.stages = stages_from_json(manifest.at("stages"), format, tensors);
  model.provenance = manifest.at("provenance");
  check_manifest(model);
  return model;
}

}  // namespace

const Stage& Model::stage() const {
  if (stages.size() != 1)
    fail(ErrorKind::Unsupported, "model", "this works with models of one stage, this one has {}", stages.size());
  return stages.front();
}

Stage& Model::stage() {
  return const_cast<Stage&>(std::as_const(*this).stage());
}

void save_model(const std::filesystem::path& path, const Model& model) {
  SafeTensors content;
  for (std::size_t i = 0; i < model.stages.size(); ++i) {
    const std::string network = prefix_of_stage(i) + std::string(kNetworkPrefix);
    const std::string detector = prefix_of_stage(i) + std::string(kDetectorPrefix);
    for (const auto& [name, tensor] : model.stages[i].network.weights) content.tensors[network + name] = tensor;
    for (const auto& [name, tensor] : model.stages[i].state.tensors) content.tensors[detector + name] = tensor;
  }
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
