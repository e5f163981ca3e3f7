#include "vigie/cli/command.h"
#include "vigie/cli/fit_flags.h"
#include "vigie/cli/open_dataset.h"
#include "vigie/cli/outputs.h"
#include "vigie/cli/terminal.h"
#include "vigie/data/folder_walk.h"
#include "vigie/pipeline/calibrate.h"

namespace vigie::cli {

namespace {

struct CalibrateArguments {
  std::string model, data, layout, out, defects;
  bool undo = false;
  CalibrateOptions options;
};

std::vector<std::filesystem::path> defect_images(const std::string& path) {
  if (path.empty()) return {};
  if (!std::filesystem::exists(path))
    fail(ErrorKind::NotFound, "calibrate", "--defects {}: no such file or folder", path);
  const auto images =
      std::filesystem::is_directory(path) ? images_below(path) : std::vector<std::filesystem::path>{path};
  VIGIE_CHECK(!images.empty(), "calibrate", "--defects {}: no images there", path);
  return images;
}

std::string how(const Calibration& calibration) {
  if (calibration.rule == ThresholdRule::Fixed) return "as given";
  if (calibration.rule == ThresholdRule::Misses) return "from known defects";
  return fmt::format("for a wanted false-reject rate of {:.3g} %", 100 * calibration.max_fpr);
}

int calibrate(const CalibrateArguments& arguments, const Session& session) {
  refuse_overwrite({{"--out", arguments.out, FileKind::Model}}, {arguments.data, arguments.defects, session.config});
  Model model = load_model(arguments.model);
  const Stage& stage = model.stage();
  const double before = stage.calibration.image_threshold;
  if (arguments.undo) {
    VIGIE_CHECK(arguments.data.empty(), "calibrate", "--undo takes no images");
    restore_calibration(model);
  } else {
    CalibrateOptions options = arguments.options;
    options.defects = defect_images(arguments.defects);
    Dataset dataset;
    if (!arguments.data.empty()) dataset = open_dataset(arguments.data, arguments.layout);
    log_labels_unused(dataset, "thresholds come from good parts");
    calibrate_model(model, dataset.normals(), options, session.context);
  }
  const std::string out = arguments.out.empty() ? arguments.model : arguments.out;
  save_model(out, model);
  print_result(fmt::format("{}: threshold {:.6g} (was {:.6g}) {}: {}\n", out, stage.calibration.image_threshold, before,
                           how(stage.calibration), statement_of(stage.calibration)));
  return 0;
}

}  // namespace

Command calibrate_command() {
  return {"calibrate", "choose the thresholds anew: another rate, a value, known defects, or new good parts",
          "vigie calibrate bottle.vigie --max-fpr 0.01              # from the scores that the model keeps\n"
          "  vigie calibrate bottle.vigie --threshold 1.4\n"
          "  vigie calibrate bottle.vigie --defects bad/ --max-miss 0\n"
          "  vigie calibrate bottle.vigie more_good_bottles/          # new parts replace those of fit\n"
          "  vigie calibrate bottle.vigie --undo",
          [](CLI::App& app) {
            auto arguments = std::make_shared<CalibrateArguments>();
            CalibrateOptions& options = arguments->options;
            app.add_option("model", arguments->model, "model file")->required();
            app.add_option("data", arguments->data,
                           "good images that fit did not use; without: the scores of fit serve");
            app.add_option("--layout", arguments->layout, "mvtec, visa, folder or csv; default: recognised");
            app.add_option("-o,--out", arguments->out, "write here instead of changing the model in place");
            app.add_option("--max-fpr", options.max_fpr, "wanted share of good parts rejected (0.000001 to 0.5)");
            app.add_option("--threshold", options.threshold, "the image threshold itself");
            app.add_option("--defects", arguments->defects, "image or folder of known defects that should be rejected");
            app.add_option("--max-miss", options.max_miss, "share of --defects that may pass (0 to below 1)")
                ->capture_default_str();
            app.add_flag("--accept-rejected", options.accept_rejected,
                         "take the new parts though the model rejects more of them than chance allows");
            app.add_flag("--undo", arguments->undo, "take back the thresholds that the last calibrate replaced");
            add_reading_flags(app, options.reading);
            return [arguments](const Session& session) { return calibrate(*arguments, session); };
          }};
}

}  // namespace vigie::cli
