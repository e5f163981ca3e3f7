#include <filesystem>
#include <functional>

#include "vigie/cli/command.h"
#include "vigie/cli/terminal.h"
#include "vigie/pipeline/inspector.h"

namespace vigie::cli {

namespace {

std::string text_of(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

using Lines = std::function<void(std::string_view key, const std::string& value)>;

void describe(const StageInspector& inspector, const nlohmann::json& manifest, const Lines& line) {
  const Stage& stage = inspector.stage();
  line("detector", fmt::format("{} {}", stage.detector, stage.detector_options.dump()));
  line("backbone", fmt::format("{}, {} nodes", stage.backbone, stage.network.graph.nodes.size()));
  line("precision",
       inspector.precision() == stage.precision
           ? std::string(name_of(stage.precision))
           : fmt::format("{}, runs in {} on this processor", name_of(stage.precision), name_of(inspector.precision())));
  for (const char* key : {"preprocess", "postprocess", "calibration"}) line(key, manifest.at(key).dump());
  for (const auto& [name, tensor] : stage.state.tensors)
    line("state " + name, fmt::format("{} {}", name_of(tensor.dtype()), to_string(tensor.shape())));
}

int info(const std::string& path, bool as_json) {
  const nlohmann::json manifest = read_manifest(path);
  if (as_json) {
    print_result(manifest.dump(2) + "\n");
    return 0;
  }
  const Inspector inspector = open_inspector(path);  // a model that cannot run is not worth describing
  const Model& model = inspector.model();
  std::string text =
      fmt::format("{}: format {}, {}, {:.2f} MB\n", path, text_of(manifest["format"]), text_of(manifest["written_by"]),
                  static_cast<double>(std::filesystem::file_size(path)) / 1e6);
  const Lines line = [&text](std::string_view key, const std::string& value) {
    text += fmt::format("  {:<18} {}\n", key, value);
  };
  line("protocol", model.protocol);
  for (std::size_t i = 0; i < inspector.stages().size(); ++i) {
    if (inspector.stages().size() > 1) line(fmt::format("stage {}", i + 1), model.stages[i].name);
    describe(inspector.stages()[i], manifest.contains("stages") ? manifest["stages"][i] : manifest, line);
  }
  for (const auto& [key, value] : model.provenance.items()) {
    if (key == "image_hashes")
      line(key, fmt::format("{} images", value.size()));
    else
      line(key, text_of(value));
  }
  print_result(text);
  return 0;
}

}  // namespace

Command info_command() {
  return {"info", "describe a model file", "vigie info bottle.vigie", [](CLI::App& app) {
            auto path = std::make_shared<std::string>();
            auto as_json = std::make_shared<bool>(false);
            app.add_option("model", *path, "model file")->required();
            app.add_flag("--json", *as_json, "the whole manifest as JSON");
            return [=](const Session&) { return info(*path, *as_json); };
          }};
}

}  // namespace vigie::cli
