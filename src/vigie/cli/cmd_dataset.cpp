#include <fmt/format.h>

#include "vigie/cli/command.h"
#include "vigie/cli/open_dataset.h"
#include "vigie/cli/terminal.h"
#include "vigie/core/text.h"
#include "vigie/data/doctor.h"
#include "vigie/demo/demo.h"

namespace vigie::cli {

namespace {

struct DatasetArguments {
  std::string path, layout;
  bool json = false;
  DemoOptions demo;
};

int check(const DatasetArguments& arguments, const Session& session) {
  const Dataset dataset = read_dataset(arguments.path, arguments.layout);
  const Diagnosis diagnosis = diagnose(dataset, session.context);
  print_result(arguments.json ? json_text(json_from_diagnosis(dataset, diagnosis), 2) + "\n"
                              : text_from_diagnosis(dataset, diagnosis));
  return diagnosis.usable() ? 0 : kExitVerdictNo;
}

int info(const DatasetArguments& arguments, const Session& session) {
  const Dataset dataset = open_dataset(arguments.path, arguments.layout);
  const DatasetStatistics statistics = statistics_of(dataset, session.context);
  print_result(arguments.json ? json_text(json_from_statistics(statistics), 2) + "\n"
                              : text_from_statistics(dataset, statistics));
  return 0;
}

int make_demo(const DatasetArguments& arguments, const Session& session) {
  make_demo_dataset(arguments.path, arguments.demo, session.context);
  print_result(fmt::format("demo parts written to {}\n", arguments.path));
  return 0;
}

void add_reading(CLI::App& app, DatasetArguments& arguments) {
  app.add_option("data", arguments.path, "folder or csv of images")->required();
  app.add_option("--layout", arguments.layout, "mvtec, visa, folder or csv; default: recognised");
  app.add_flag("--json", arguments.json, "JSON instead of text");
}

void add_demo(CLI::App& app, DatasetArguments& arguments) {
  DemoOptions& demo = arguments.demo;
  app.add_option("out", arguments.path, "folder to fill")->required();
  app.add_option("--products", demo.products,
                 "comma-separated; default: all of turned_part, woven_fabric, circuit_board")
      ->delimiter(',');
  app.add_option("--size", demo.size, "side of the images, pixels")->check(CLI::Range(64, 2048))->capture_default_str();
  app.add_option("--train", demo.train, "good images to learn from, per product")
      ->check(CLI::Range(2, 100000))
      ->capture_default_str();
  app.add_option("--test-good", demo.test_good, "good test images per product")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--test-per-defect", demo.test_per_defect, "test images per defect type")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--seed", demo.seed, "the same seed gives the same files")
      ->check(CLI::Range(0.0, 9007199254740992.0))
      ->capture_default_str();
}

}  // namespace

Command dataset_command() {
  return {
      "dataset", "check, describe or make a data set",
      "vigie dataset check parts/bottle\n  vigie dataset info parts/bottle\n  vigie dataset make-demo out/demo-data",
      [](CLI::App& app) {
        auto arguments = std::make_shared<DatasetArguments>();
        app.require_subcommand(1);
        CLI::App* check_app =
            app.add_subcommand("check", "look for unreadable files, leakage, wrong masks; exit code 1 when not usable");
        add_reading(*check_app, *arguments);
        CLI::App* info_app = app.add_subcommand("info", "counts, sizes and defect statistics");
        add_reading(*info_app, *arguments);
        CLI::App* demo_app =
            app.add_subcommand("make-demo", "draw parts with defects and exact masks, in MVTec AD layout");
        add_demo(*demo_app, *arguments);
        return [=](const Session& session) {
          if (check_app->parsed()) return check(*arguments, session);
          if (info_app->parsed()) return info(*arguments, session);
          return make_demo(*arguments, session);
        };
      }};
}

}  // namespace vigie::cli
