#include <filesystem>

#include "vigie/cli/command.h"
#include "vigie/cli/terminal.h"
#include "vigie/pipeline/inspector.h"

namespace vigie::cli {

namespace {

std::string text_of(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

int info(const std::string& path, bool as_json) {
  nlohmann::json manifest = read_manifest(path);
  if (as_json) {
    print_result(manifest.dump(2) + "\n");
    return 0;
  }
  const Inspector inspector = open_inspector(path);  // a model that cannot run is not worth describing
  const Model& model = inspector.model();
  std::string text =
      fmt::format("{}: format {}, {}, {:.2f} MB\n", path, text_of(manifest["format"]), text_of(manifest["written_by"]),
                  static_cast<double>(std::filesystem::file_size(path)) / 1e6);
  const auto line = [&text](std::string_view key, const std::string& value) {
    text += fmt::format("  {:<18} {}\n", key, value);
  };
  line("detector", fmt::format("{} {}", model.detector, model.detector_options.dump()));
  line("backbone", fmt::format("{}, {} nodes", model.backbone, model.network.graph.nodes.size()));
  line("protocol", model.protocol);
  line("precision",
       inspector.precision() == model.precision
           ? std::string(name_of(model.precision))
           : fmt::format("{}, runs in {} on this processor", name_of(model.precision), name_of(inspector.precision())));
  line("preprocess", manifest["preprocess"].dump());
  line("postprocess", manifest["postprocess"].dump());
  line("calibration", manifest["calibration"].dump());
  for (const auto& [key, value] : model.provenance.items()) {
    if (key == "image_hashes")
      line(key, fmt::format("{} images", value.size()));
    else
      line(key, text_of(value));
  }
  for (const auto& [name, tensor] : model.state.tensors)
    line("state " + name, fmt::format("{} {}", name_of(tensor.dtype()), to_string(tensor.shape())));
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
