#include "vigie/cli/command.h"
#include "vigie/cli/fit_flags.h"
#include "vigie/cli/outputs.h"
#include "vigie/cli/terminal.h"
#include "vigie/core/log.h"
#include "vigie/pipeline/content_hash.h"
#include "vigie/pipeline/fit.h"

namespace vigie::cli {

namespace {

struct CalibrateArguments {
  std::string model, data, layout, out;
  double max_fpr = 0.01;
  ImageReadOptions reading;
};

// Thresholds from images the detector has seen would be too low: it knows them too well.
void refuse_known(const Model& model, const std::vector<Sample>& normals) {
  const auto known = samples_seen_by(model, normals);
  if (!known.empty())
    fail(ErrorKind::InvalidArgument, "calibrate",
         "{} of the {} good images were used before by fit or calibrate, first {}; give new ones", known.size(),
         normals.size(), known.front().image.string());
}

int calibrate(const CalibrateArguments& arguments, const Session& session) {
  VIGIE_CHECK(arguments.max_fpr >= 1e-6 && arguments.max_fpr <= 0.5, "calibrate",
              "--max-fpr {} is outside 0.000001 … 0.5", arguments.max_fpr);
  refuse_overwrite({{"--out", arguments.out, FileKind::Model}}, {arguments.data, session.config});
  Model model = load_model(arguments.model);
  const Dataset dataset = read_dataset(arguments.data, arguments.layout);
  refuse_known(model, dataset.train);
  const double before = model.calibration.image_threshold;
  if (!runs_here(model.precision)) {  // thresholds hold for the format they are measured in
    log_warning("this processor lacks {}: from now on the model runs in {} everywhere",
                instructions_of(model.precision), name_of(runnable(model.precision)));
    model.precision = runnable(model.precision);
    model.quantisation = {};
  }
  model.calibration = calibrate_on(model, dataset.train, arguments.max_fpr, arguments.reading, session.context);
  for (const std::string& hash : content_hashes(dataset.train)) model.provenance["image_hashes"].push_back(hash);
  model.provenance.erase("metrics");  // measured with the old thresholds
  if (!model.calibration.warning.empty()) log_warning("{}", model.calibration.warning);
  const std::string out = arguments.out.empty() ? arguments.model : arguments.out;
  save_model(out, model);
  print_result(fmt::format("{}: threshold {:.6g} (was {:.6g}) from {} good images, wanted false-positive rate {}\n",
                           out, model.calibration.image_threshold, before, model.calibration.normals,
                           arguments.max_fpr));
  return 0;
}

}  // namespace

Command calibrate_command() {
  return {
      "calibrate", "set the thresholds anew from further good images",
      "vigie calibrate bottle.vigie more_good_bottles/ --max-fpr 0.001", [](CLI::App& app) {
        auto arguments = std::make_shared<CalibrateArguments>();
        app.add_option("model", arguments->model, "model file")->required();
        app.add_option("data", arguments->data, "good images that fit did not use")->required();
        app.add_option("--layout", arguments->layout, "mvtec, visa, folder or csv; default: recognised");
        app.add_option("-o,--out", arguments->out, "write here instead of changing the model in place");
        app.add_option("--max-fpr", arguments->max_fpr, "wanted share of good parts rejected")->capture_default_str();
        add_reading_flags(app, arguments->reading);
        return [arguments](const Session& session) { return calibrate(*arguments, session); };
      }};
}

}  // namespace vigie::cli
