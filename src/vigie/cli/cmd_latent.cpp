#include "vigie/cli/command.h"
#include "vigie/cli/fit_flags.h"
#include "vigie/cli/open_dataset.h"
#include "vigie/cli/outputs.h"
#include "vigie/cli/terminal.h"
#include "vigie/core/text.h"
#include "vigie/data/part_reading.h"
#include "vigie/io/file.h"
#include "vigie/pipeline/latent.h"

namespace vigie::cli {

namespace {

struct LatentArguments {
  std::vector<std::string> models;
  std::string data, layout, report, json_out;
  LatentOptions options;
};

int latent(const LatentArguments& arguments, const Session& session) {
  std::vector<std::filesystem::path> read = {arguments.data, session.config};
  read.insert(read.end(), arguments.models.begin(), arguments.models.end());
  refuse_overwrite({{"--report", arguments.report, FileKind::Html}, {"--json", arguments.json_out, FileKind::Json}},
                   read);
  const std::vector<NamedModel> models = load_named_models({arguments.models.begin(), arguments.models.end()});
  const Dataset dataset = open_dataset(arguments.data, arguments.layout);
  const LatentStudy study = latent_study(models, dataset, arguments.options, session.context);
  if (!arguments.report.empty())
    write_latent_report(arguments.report, study, dataset,
                        reading_for(models.front().model.stage().preprocess, arguments.options.reading));
  if (!arguments.json_out.empty()) write_file(arguments.json_out, json_text(json_from_latent_study(study), 2) + "\n");
  print_result(table_from_latent_study(study));
  if (!arguments.report.empty()) print_result(fmt::format("report: {}\n", arguments.report));
  return 0;
}

}  // namespace

Command latent_command() {
  return {"latent", "compare how the networks of several models see the parts of a data set",
          "vigie latent resnet.vigie autoencoder.vigie --data parts/bottle --report out/latent.html",
          [](CLI::App& app) {
            auto arguments = std::make_shared<LatentArguments>();
            app.add_option("models", arguments->models, "model files")->required();
            app.add_option("--data", arguments->data, "data set with good images to learn from and test images")
                ->required();
            app.add_option("--layout", arguments->layout, "mvtec, visa, folder or csv; default: recognised");
            app.add_option("--report", arguments->report, "HTML report to write");
            app.add_option("--json", arguments->json_out, "JSON file with every number");
            app.add_option("--severity", arguments->options.severity, "of the corruptions, 1 to 5")
                ->check(CLI::Range(1, 5))
                ->capture_default_str();
            app.add_option("--seed", arguments->options.seed, "of the corruptions")
                ->check(CLI::Range(0.0, 9007199254740992.0))
                ->capture_default_str();
            app.add_flag("--allow-leakage", arguments->options.allow_leakage,
                         "measure even when a model has seen test images");
            add_reading_flags(app, arguments->options.reading);
            return [arguments](const Session& session) { return latent(*arguments, session); };
          }};
}

}  // namespace vigie::cli
