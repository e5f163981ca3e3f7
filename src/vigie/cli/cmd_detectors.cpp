#include "vigie/backbones/backbone.h"
#include "vigie/cli/command.h"
#include "vigie/cli/option_text.h"
#include "vigie/cli/terminal.h"
#include "vigie/core/text.h"
#include "vigie/detectors/detector.h"

namespace vigie::cli {

namespace {

std::vector<Preset> presets_of(const DetectorInfo& info) {
  return info.training ? info.training->presets : std::vector<Preset>{};
}

/// "epochs=40 batch_size=8", as --set takes them.
std::string settings_of(const Preset& preset) {
  std::string text;
  for (const auto& [key, value] : preset.options.items())
    text += fmt::format(" {}={}", key, value.is_string() ? value.get<std::string>() : json_text(value));
  return text.empty() ? "the defaults" : text.substr(1);
}

std::string text_of(const DetectorInfo& info) {
  std::string text = fmt::format("{}  {}\n  {}\n  {}{}\n", info.name, info.title, info.summary, info.paper,
                                 info.has_map ? "" : "; image level only, no map");
  text += option_lines(info.options());
  for (const Preset& preset : presets_of(info))
    text += fmt::format("  --preset {:<6} {} ({})\n", preset.name, preset.summary, settings_of(preset));
  return text + "\n";
}

std::string text_of_backbones() {
  std::string text = "backbones\n";
  for (const BackboneInfo& info : backbones()) text += fmt::format("    {:<18} {}\n", info.name, info.summary);
  return text;
}

nlohmann::json json_of(const DetectorInfo& info) {
  nlohmann::json options = nlohmann::json::array();
  const OptionList list = info.options();
  for (const OptionField& field : list.fields())
    options.push_back({{"key", field.key}, {"default", field.value}, {"doc", field.doc}});
  nlohmann::json presets = nlohmann::json::array();
  for (const Preset& preset : presets_of(info))
    presets.push_back({{"name", preset.name}, {"summary", preset.summary}, {"settings", settings_of(preset)}});
  return {
      {"name", info.name},       {"title", info.title},           {"summary", info.summary},      {"paper", info.paper},
      {"has_map", info.has_map}, {"options", std::move(options)}, {"presets", std::move(presets)}};
}

int list_methods(const std::string& only, bool as_json) {
  std::vector<DetectorInfo> chosen = only.empty() ? detectors() : std::vector<DetectorInfo>{detector_info(only)};
  if (as_json) {
    nlohmann::json all = nlohmann::json::array();
    for (const DetectorInfo& info : chosen) all.push_back(json_of(info));
    print_result(json_text(all, 2) + "\n");
    return 0;
  }
  std::string text;
  for (const DetectorInfo& info : chosen) text += text_of(info);
  print_result(text + (only.empty() ? text_of_backbones() : ""));
  return 0;
}

}  // namespace

Command detectors_command() {
  return {"detectors", "list the methods with options, defaults, units and papers", "vigie detectors patchcore",
          [](CLI::App& app) {
            auto only = std::make_shared<std::string>();
            auto as_json = std::make_shared<bool>(false);
            app.add_option("name", *only, "one method; default: all");
            app.add_flag("--json", *as_json, "JSON instead of text");
            return [=](const Session&) { return list_methods(*only, *as_json); };
          }};
}

}  // namespace vigie::cli
