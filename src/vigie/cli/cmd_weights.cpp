#include "vigie/backbones/weights.h"
#include "vigie/cli/command.h"
#include "vigie/cli/terminal.h"
#include "vigie/weights/check.h"
#include "vigie/weights/fetch.h"

namespace vigie::cli {

namespace {

struct WeightsArguments {
  std::string name;
  std::string file;
};

int list() {
  std::string text;
  for (const WeightsInfo& info : known_weights()) {
    const auto found = find_weights(info.name);
    text += fmt::format("{:<16} {}\n  {}\n  SHA-256 {}…  {}\n", info.name, found ? found->string() : "not at hand",
                        info.url, info.sha256, info.licence);
  }
  text += "searched, in this order:\n";
  for (const auto& folder : weights_folders()) text += fmt::format("  {}\n", folder.string());
  print_result(text);
  return 0;
}

int verify(const std::string& name) {
  if (!name.empty()) weights_info(name);  // refuses an unknown name
  bool good = true;
  for (const WeightsInfo& info : known_weights()) {
    if (!name.empty() && info.name != name) continue;
    if (name.empty() && !find_weights(info.name)) continue;
    const WeightsReport report = verify_weights(info.name);
    print_result(report.text + "\n");
    good = good && report.good;
  }
  return good ? 0 : kExitVerdictNo;
}

}  // namespace

Command weights_command() {
  return {"weights", "list, fetch, import or verify trained weights",
          "vigie weights list\n  vigie weights fetch resnet18\n  vigie weights import resnet18 resnet18.pth\n  vigie "
          "weights verify",
          [](CLI::App& app) {
            auto arguments = std::make_shared<WeightsArguments>();
            app.require_subcommand(1);
            CLI::App* list_app = app.add_subcommand("list", "known networks, where they come from, where they are");
            CLI::App* fetch_app = app.add_subcommand("fetch", "download the official file and check its SHA-256");
            fetch_app->add_option("name", arguments->name, "network")->required();
            CLI::App* import_app =
                app.add_subcommand("import", "take weights from a safetensors file or torch state dict");
            import_app->add_option("name", arguments->name, "network")->required();
            import_app->add_option("file", arguments->file, ".safetensors, .pth or .pt")->required();
            CLI::App* verify_app =
                app.add_subcommand("verify", "check names, shapes, values and, for official files, SHA-256");
            verify_app->add_option("name", arguments->name, "network; default: all at hand");
            return [=](const Session& session) {
              if (list_app->parsed()) return list();
              if (verify_app->parsed()) return verify(arguments->name);
              const auto path = fetch_app->parsed() ? fetch_weights(arguments->name, session.context)
                                                    : import_weights(arguments->name, arguments->file);
              print_result(path.string() + "\n");
              return 0;
            };
          }};
}

}  // namespace vigie::cli
