#include "vigie/cli/command.h"
#include "vigie/cli/outputs.h"
#include "vigie/cli/terminal.h"
#include "vigie/pipeline/cascade.h"
#include "vigie/pipeline/inspector.h"

namespace vigie::cli {

namespace {

struct CascadeArguments {
  std::vector<std::string> models;
  std::string out;
};

int cascade(const CascadeArguments& arguments, const Session& session) {
  std::vector<std::filesystem::path> read(arguments.models.begin(), arguments.models.end());
  read.push_back(session.config);
  refuse_overwrite({{"--out", arguments.out, FileKind::Model}}, read);
  std::vector<Model> models;
  for (const std::string& path : arguments.models) models.push_back(load_model(path));
  const Inspector inspector(cascade_of(models));  // tried before it is written
  save_model(arguments.out, inspector.model());
  std::string names;
  for (const Stage& stage : inspector.model().stages) names += (names.empty() ? "" : ", then ") + stage.name;
  print_result(fmt::format("{}: {}; a part passes when all pass it\n", arguments.out, names));
  return 0;
}

}  // namespace

Command cascade_command() {
  return {"cascade", "make one model of several: a part goes through them until one rejects it",
          "vigie cascade fast.vigie thorough.vigie -o both.vigie", [](CLI::App& app) {
            auto arguments = std::make_shared<CascadeArguments>();
            app.add_option("models", arguments->models, "model files, in the order in which they judge")->required();
            app.add_option("-o,--out", arguments->out, "model file to write")->required();
            return [arguments](const Session& session) { return cascade(*arguments, session); };
          }};
}

}  // namespace vigie::cli
