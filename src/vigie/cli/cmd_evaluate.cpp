#include "vigie/cli/command.h"
#include "vigie/cli/fit_flags.h"
#include "vigie/cli/open_dataset.h"
#include "vigie/cli/outputs.h"
#include "vigie/cli/terminal.h"
#include "vigie/core/text.h"
#include "vigie/evaluation/metric_table.h"
#include "vigie/io/file.h"
#include "vigie/pipeline/evaluate.h"
#include "vigie/pipeline/test_set.h"

namespace vigie::cli {

namespace {

struct EvaluateArguments {
  std::string model, data, layout, report, json_out;
  bool record = false;
  EvaluateOptions options;
};

int evaluate(const EvaluateArguments& arguments, const Session& session) {
  refuse_overwrite({{"--report", arguments.report, FileKind::Html}, {"--json", arguments.json_out, FileKind::Json}},
                   {arguments.model, arguments.data, session.config});
  const Inspector inspector = open_inspector(arguments.model);
  const Dataset dataset =
      test_set_for(inspector.model(), open_dataset(arguments.data, arguments.layout), arguments.options.allow_leakage);
  const EvaluateResult result = evaluate_model(inspector, dataset, arguments.options, session.context);
  if (!arguments.report.empty())
    write_evaluation_report(arguments.report, inspector, dataset, result, {}, arguments.options.reading);
  const nlohmann::json numbers = json_from_evaluation(result.evaluation);
  if (!arguments.json_out.empty()) write_file(arguments.json_out, json_text(numbers, 2) + "\n");
  if (arguments.record) {
    Model model = inspector.model();
    model.provenance["metrics"] = {{"data_digest", digest_of(dataset, dataset.test())}, {"numbers", numbers}};
    save_model(arguments.model, model);
  }
  print_result(table_from_evaluation(result.evaluation));
  print_result(fmt::format("median {:.1f} ms an image, from memory to map and score\n", result.predict_ms));
  if (!arguments.report.empty()) print_result(fmt::format("report: {}\n", arguments.report));
  return 0;
}

}  // namespace

Command evaluate_command() {
  return {"evaluate", "measure a model on labelled test images",
          "vigie evaluate bottle.vigie parts/bottle --report out/bottle.html", [](CLI::App& app) {
            auto arguments = std::make_shared<EvaluateArguments>();
            app.add_option("model", arguments->model, "model file")->required();
            app.add_option("data", arguments->data, "data set with test images")->required();
            app.add_option("--layout", arguments->layout, "mvtec, visa, folder or csv; default: recognised");
            app.add_option("--report", arguments->report, "HTML report to write");
            app.add_option("--json", arguments->json_out, "JSON file with every number");
            app.add_flag("--record", arguments->record, "keep the numbers in the model file");
            app.add_flag("--allow-leakage", arguments->options.allow_leakage,
                         "measure even when test images were learnt from");
            add_reading_flags(app, arguments->options.reading);
            return [arguments](const Session& session) { return evaluate(*arguments, session); };
          }};
}

}  // namespace vigie::cli
