#include "vigie/cli/command.h"
#include "vigie/cli/fit_flags.h"
#include "vigie/cli/open_dataset.h"
#include "vigie/cli/outputs.h"
#include "vigie/cli/terminal.h"
#include "vigie/cli/trainer.h"
#include "vigie/cli/training_flags.h"
#include "vigie/core/log.h"

namespace vigie::cli {

namespace {

struct FitArguments {
  std::string data, layout, out;
  std::vector<std::string> settings;
  std::uint64_t bank_bytes = 0;
  FitOptions fit;
  TrainingFlags training;
};

// Whatever trains needs the trainer, a checkpoint and the logs asked for.
std::unique_ptr<TrainingLogs> set_up_training(const FitArguments& arguments, FitOptions& options) {
  options.training.trainer = &require_trainer();
  options.training.checkpoint = checkpoint_of(arguments.training, arguments.out);
  options.training.checkpoint_seconds = arguments.training.checkpoint_seconds;
  options.training.resume = arguments.training.resume;
  auto log = open_training_logs(arguments.training, "vigie", options.detector);
  options.training.log = log.get();
  return log;
}

// Flags that would do nothing in silence.
void refuse_training_flags(const FitArguments& arguments) {
  const TrainingFlags& flags = arguments.training;
  const bool given = flags.resume || !flags.checkpoint.empty() || !flags.tensorboard.empty() || !flags.mlflow.empty() ||
                     flags.checkpoint_seconds != TrainingFlags{}.checkpoint_seconds ||
                     arguments.fit.training.preset != "paper";
  VIGIE_CHECK(
      !given, "fit",
      "{} trains no network: --preset, --checkpoint, --checkpoint-seconds, --resume, --tensorboard and --mlflow "
      "are for methods that do",
      arguments.fit.detector);
}

int fit(const FitArguments& arguments, const Session& session) {
  FitOptions options = arguments.fit;
  std::vector<std::string> texts = arguments.settings;
  if (arguments.bank_bytes > 0) texts.push_back(fmt::format("bank_bytes={}", arguments.bank_bytes));
  const auto settings = options_from_set(texts, options.detector);
  for (const auto& [detector, unused] : settings.items())
    VIGIE_CHECK(detector == options.detector, "--set", "'{}' is not the detector being fitted ({})", detector,
                options.detector);
  if (settings.contains(options.detector)) options.detector_options = settings[options.detector];

  std::unique_ptr<TrainingLogs> log;
  if (detector_info(options.detector).training)
    log = set_up_training(arguments, options);
  else
    refuse_training_flags(arguments);
  refuse_overwrite(
      {{"--out", arguments.out, FileKind::Model}, {"--checkpoint", options.training.checkpoint, FileKind::Weights}},
      {arguments.data, session.config});
  const Dataset dataset = open_dataset(arguments.data, arguments.layout);
  log_info("{}: {} good images ({} layout)", dataset.name, dataset.normals().size(), dataset.layout);
  options.estimate = true;
  const FitResult result = fit_model(dataset, options, session.context);
  save_model(arguments.out, result.model);
  remove_checkpoint(options.training.checkpoint);
  if (log) log->artefact(arguments.out), log->finish(true);
  const auto bytes = std::filesystem::file_size(arguments.out);
  const Stage& stage = result.model.stage();
  const Calibration& calibration = stage.calibration;
  print_result(fmt::format("{}: {} on {}, {}, {:.1f} MB, fitted in {:.1f} s; threshold {:.6g}\n", arguments.out,
                           stage.detector, stage.backbone, name_of(stage.precision), static_cast<double>(bytes) / 1e6,
                           result.fit_seconds + result.calibrate_seconds, calibration.image_threshold));
  print_result(fmt::format("  {}\n", statement_of(calibration)));
  const std::string trials = text_of(result.trials, calibration);
  if (result.trials.found == 0)
    log_warning("{}", trials);
  else
    print_result(fmt::format("  {}\n", trials));
  return 0;
}

}  // namespace

Command fit_command() {
  return {"fit", "learn an inspector from good images",
          "vigie fit parts/bottle --detector patchcore --backbone resnet18 --out bottle.vigie", [](CLI::App& app) {
            auto arguments = std::make_shared<FitArguments>();
            app.add_option("data", arguments->data, "folder or csv of images (MVTec AD, VisA, plain folder, csv)")
                ->required();
            app.add_option("-o,--out", arguments->out, "model file to write")->required();
            app.add_option("--layout", arguments->layout, "mvtec, visa, folder or csv; default: recognised");
            app.add_option("-d,--detector", arguments->fit.detector, "method; see 'vigie detectors'")
                ->capture_default_str();
            app.add_option("-b,--backbone", arguments->fit.backbone,
                           "network; auto: resnet18 when its weights are at hand, else scout")
                ->capture_default_str();
            app.add_option("--set", arguments->settings, "method option, key=value; may be repeated");
            app.add_option("--bank-bytes", arguments->bank_bytes,
                           "patchcore: largest memory bank, e.g. 20MB; the coreset shrinks to fit")
                ->transform(CLI::AsSizeValue(true));
            app.add_option("--seed", arguments->fit.seed, "seed of every random choice")
                ->check(CLI::Range(0.0, 9007199254740992.0))
                ->capture_default_str();
            app.add_option("--precision", arguments->fit.precision,
                           "number format of the network: f32, bf16, int8, or auto: the fastest that ranks as f32 does")
                ->check(is_precision())
                ->capture_default_str();
            add_fit_flags(app, arguments->fit);
            add_training_flags(app, arguments->training);
            return [arguments](const Session& session) { return fit(*arguments, session); };
          }};
}

}  // namespace vigie::cli
