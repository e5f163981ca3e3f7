#include <algorithm>
#include <filesystem>

#include "vigie/cli/command.h"
#include "vigie/cli/fit_flags.h"
#include "vigie/cli/outputs.h"
#include "vigie/cli/terminal.h"
#include "vigie/cli/trainer.h"
#include "vigie/pipeline/benchmark.h"

namespace vigie::cli {

namespace {

struct BenchmarkArguments {
  std::vector<std::string> data, settings;
  std::string out;
  bool no_reports = false;
  BenchmarkOptions options;
};

int benchmark(const BenchmarkArguments& arguments, const Session& session) {
  BenchmarkOptions options = arguments.options;
  options.data.assign(arguments.data.begin(), arguments.data.end());
  options.reports = !arguments.no_reports;
  const std::string only = options.detectors.size() == 1 ? options.detectors.front() : "";
  options.detector_options = options_from_set(arguments.settings, only);
  for (const auto& [detector, unused] : options.detector_options.items())
    VIGIE_CHECK(std::find(options.detectors.begin(), options.detectors.end(), detector) != options.detectors.end(),
                "--set", "'{}' is not among --detectors", detector);
  for (const std::string& detector : options.detectors)
    if (detector_info(detector).training) options.fit.training.trainer = &require_trainer();
  const std::filesystem::path out = arguments.out;
  std::vector<std::filesystem::path> read = {session.config};
  read.insert(read.end(), options.data.begin(), options.data.end());
  refuse_overwrite({{"--out", out / "results.json", FileKind::Json},
                    {"--out", out / "results.csv", FileKind::Csv},
                    {"--out", out / "report.html", FileKind::Html}},
                   read);
  const auto announce = [](const std::string& line) {
    end_progress_line();
    fmt::print(stderr, "{}\n", line);
  };
  const auto records = run_benchmark(options, out, session.context, announce);
  print_result(table_from_runs(records));
  print_result(fmt::format("report: {}\n", (out / "report.html").string()));
  return 0;
}

}  // namespace

Command benchmark_command() {
  return {"benchmark", "compare detectors x backbones x data sets x precisions x seeds; goes on where it stopped",
          "vigie benchmark --data mvtec/bottle,mvtec/screw --detectors padim,patchcore --backbones resnet18 \\\n"
          "    --protocol paper --seeds 0,1 --set patchcore.coreset_ratio=0.01 --out out/bench",
          [](CLI::App& app) {
            auto arguments = std::make_shared<BenchmarkArguments>();
            BenchmarkOptions& options = arguments->options;
            app.add_option("--data", arguments->data, "data sets, comma-separated")->required()->delimiter(',');
            app.add_option("--detectors", options.detectors, "methods, comma-separated")->required()->delimiter(',');
            options.backbones = {"auto"};
            app.add_option("--backbones", options.backbones, "networks, comma-separated")
                ->delimiter(',')
                ->capture_default_str();
            app.add_option("--precisions", options.precisions, "number formats: f32, bf16, int8, auto; comma-separated")
                ->delimiter(',')
                ->check(is_precision())
                ->capture_default_str();
            app.add_option("--seeds", options.seeds, "seeds, comma-separated")
                ->check(CLI::Range(0.0, 9007199254740992.0))
                ->delimiter(',')
                ->capture_default_str();
            app.add_option("--set", arguments->settings, "method option, detector.key=value; may be repeated");
            app.add_option("-o,--out", arguments->out, "folder for results.json, results.csv, report.html and runs/")
                ->required();
            app.add_flag("--no-reports", arguments->no_reports, "do not write a report per run");
            app.add_flag("--keep-models", options.keep_models, "keep every run's model file");
            app.add_flag("--allow-leakage", options.allow_leakage, "measure even when test images were learnt from");
            add_fit_flags(app, options.fit);
            return [arguments](const Session& session) { return benchmark(*arguments, session); };
          }};
}

}  // namespace vigie::cli
