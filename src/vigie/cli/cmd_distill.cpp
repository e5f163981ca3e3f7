#include <algorithm>

#include "vigie/backbones/backbone.h"
#include "vigie/backbones/scout.h"
#include "vigie/backbones/weights.h"
#include "vigie/cli/command.h"
#include "vigie/cli/fit_flags.h"
#include "vigie/cli/option_text.h"
#include "vigie/cli/outputs.h"
#include "vigie/cli/terminal.h"
#include "vigie/cli/trainer.h"
#include "vigie/cli/training_flags.h"
#include "vigie/core/log.h"
#include "vigie/core/text.h"
#include "vigie/data/folder_walk.h"
#include "vigie/io/safetensors.h"
#include "vigie/training/distill.h"

namespace vigie::cli {

namespace {

struct DistillArguments {
  std::string photos, out, start;
  std::string teacher = "resnet18";
  std::vector<std::string> layers = {"layer1", "layer2", "layer3"};
  std::vector<std::string> settings;
  std::uint64_t seed = 0;
  TrainingFlags training;
};

std::string settings_text() {
  DistillOptions options;
  OptionList list;
  options.describe(list);
  return option_lines(list);
}

/// Of a student taught before.
TensorMap student_weights(const std::string& file, const nn::Graph& student) {
  const TensorMap weights = read_safetensors(file).tensors;
  try {
    return nn::network_of(student, weights).weights;
  } catch (const Error& error) {
    fail(ErrorKind::BadFile, "distill", "{} does not hold weights of the student: {}", file, error.what());
  }
}

int distill(const DistillArguments& arguments, const Session& session) {
  const Trainer& trainer = require_trainer();
  const std::filesystem::path checkpoint = checkpoint_of(arguments.training, arguments.out);
  refuse_overwrite({{"--out", arguments.out, FileKind::Weights}, {"--checkpoint", checkpoint, FileKind::Weights}},
                   {arguments.photos, arguments.start, find_weights(arguments.teacher).value_or(""), session.config});
  DistillRequest request;
  OptionList options;
  request.options.describe(options);
  nlohmann::json settings = object_from_set(arguments.settings);
  let_epochs_count(settings);
  options.assign(settings, "distill");
  request.photos = images_below(arguments.photos);
  request.student = nn::select_outputs(scout_trunk(), arguments.layers);
  request.teacher = nn::fold_batch_norms(load_backbone(arguments.teacher, arguments.layers).network);
  if (!arguments.start.empty()) request.start = student_weights(arguments.start, request.student);
  request.seed = arguments.seed;
  const auto log = open_training_logs(arguments.training, "distill", arguments.teacher);
  request.checkpoint = checkpoint;
  request.checkpoint_seconds = arguments.training.checkpoint_seconds;
  request.resume = arguments.training.resume;
  request.log = log.get();
  const TrainingResult result = trainer.distill(request, session.context);
  const nlohmann::json facts = {{"teacher", arguments.teacher},
                                {"options", json_from_options(request.options)},
                                {"photographs", request.photos.size()},
                                {"seed", arguments.seed},
                                {"start", utf8_name(std::filesystem::path(arguments.start).filename())},
                                {"history", json_from_history(thinned(result.history, 100))}};
  write_safetensors(arguments.out, {result.network.weights, {{"distilled", json_text(facts)}}});
  remove_checkpoint(request.checkpoint);
  if (log) log->artefact(arguments.out), log->finish(true);
  print_result(fmt::format("{}: {} steps, distance to {} {:.4f} (validation {:.4f})\n", arguments.out,
                           result.history.steps, arguments.teacher, result.history.losses.at("distance").back().value,
                           result.history.losses.at("validation").back().value));
  return 0;
}

}  // namespace

Command distill_command() {
  return {
      "distill", "teach the small built-in network to see as a larger one does",
      "vigie distill photographs/ --teacher resnet18 --out scout.safetensors --set steps=15000", [](CLI::App& app) {
        auto arguments = std::make_shared<DistillArguments>();
        app.add_option("photos", arguments->photos, "folder of natural photographs; no labels are needed")->required();
        app.add_option("-o,--out", arguments->out, "weights file to write (safetensors)")->required();
        app.add_option("--teacher", arguments->teacher, "backbone to learn from")->capture_default_str();
        app.add_option("--layers", arguments->layers, "layers whose features are matched")
            ->delimiter(',')
            ->capture_default_str();
        app.add_option("--set", arguments->settings, "setting of the training, key=value; may be repeated");
        app.add_option("--start", arguments->start,
                       "weights of a student taught before, to go on from; default: random ones");
        app.add_option("--seed", arguments->seed, "seed of every random choice")->capture_default_str();
        add_training_flags(app, arguments->training);
        app.footer(app.get_footer() + "\n\nSettings and their defaults:\n" + settings_text());
        return [arguments](const Session& session) { return distill(*arguments, session); };
      }};
}

}  // namespace vigie::cli
