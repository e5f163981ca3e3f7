#include "vigie/pipeline/evaluate.h"

#include <chrono>

#include "vigie/core/log.h"
#include "vigie/core/median.h"
#include "vigie/core/text.h"
#include "vigie/data/part_reading.h"
#include "vigie/data/reading_doubts.h"
#include "vigie/data/sample_mask.h"
#include "vigie/imaging/colour.h"
#include "vigie/pipeline/content_hash.h"
#include "vigie/pipeline/version.h"
#include "vigie/training/history.h"

namespace vigie {

namespace {

std::string relative_name(const std::filesystem::path& path, const Dataset& dataset) {
  const auto relative = path.lexically_relative(dataset.root);
  return utf8_name(relative.empty() || *relative.begin() == ".." ? path : relative);
}

void refuse_leakage(const Model& model, const Dataset& dataset) {
  const auto leaked = samples_seen_by(model, dataset.test());
  if (leaked.empty()) return;
  fail(ErrorKind::InvalidArgument, "evaluate",
       "{} of {} test images were given to fit or calibrate, first {}; the numbers would be too good. Remove them from "
       "one of the sets or "
       "pass --allow-leakage",
       leaked.size(), dataset.test().size(), leaked.front().image.string());
}

bool in_network_frame(const Model& model) {
  return model.protocol == "paper";
}

Tensor mask_of(const Sample& sample, const Model& model, const Tensor& image, const ImageReadOptions& reading,
               ReadingDoubts& doubts) {
  if (sample.mask.empty()) return {};
  const MaskReading read = read_sample_mask(sample, reading);
  const Tensor& mask = read.mask;
  if (sample.is_defect()) doubts.add(read);
  if (mask.dim(0) != image.dim(0) || mask.dim(1) != image.dim(1))
    fail(ErrorKind::BadFile, "evaluate", "{}: the mask is {}x{}, its image {}x{}", sample.mask.string(), mask.dim(1),
         mask.dim(0), image.dim(1), image.dim(0));
  return in_network_frame(model) ? preprocess_mask(mask, model.stage().preprocess) : mask;
}

/// What is said once about all parts, not part by part.
struct Doubts {
  ReadingDoubts reading;
  DifferenceCount different;
  void warn() const {
    reading.warn();
    if (const std::string summary = different.summary(); !summary.empty()) log_warning("{}", summary);
  }
};

ImageEvidence judge(const Inspector& inspector, const Sample& sample, const Dataset& dataset,
                    const ImageReadOptions& reading, std::vector<double>& milliseconds, Doubts& doubts) {
  const Model& model = inspector.model();
  const Preprocess& preprocess = inspector.preprocess();
  const Part part = read_part(sample.image, preprocess, reading);
  const Tensor& image = part.image;
  doubts.reading.add(part);
  if (inspector.training()) doubts.different.add(differences(*inspector.training(), look_of(image)));
  const auto start = std::chrono::steady_clock::now();
  Evidence evidence = std::move(inspector.stage().evidence(network_input(image, preprocess)).front());
  milliseconds.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());

  ImageEvidence out{relative_name(sample.image, dataset), dataset.class_name(sample), evidence.score, evidence.map,
                    mask_of(sample, model, image, reading, doubts.reading)};
  if (!out.map.empty() && !in_network_frame(model))
    out.map = map_on_image(out.map, preprocess, image.dim(0), image.dim(1));
  return out;
}

// The image in the frame of its map, as people see it.
Tensor displayed(const Sample& sample, const Model& model, const ImageReadOptions& reading) {
  const Tensor rgb = to_rgb8(read_image(sample.image, reading_for(model.stage().preprocess, reading)));
  if (!in_network_frame(model)) return rgb;
  return resize_antialiased(rgb, network_window(rgb.dim(0), rgb.dim(1), model.stage().preprocess));
}

std::string text_of(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : json_text(value);
}

void add_losses(const Model& model, ReportInput& input) {
  if (!model.provenance.contains("training")) return;
  const TrainingHistory history = history_from_json(model.provenance["training"]);
  input.best_step = history.best_step;
  for (const auto& [name, points] : history.losses)
    for (const LossPoint& point : points) input.losses[name].emplace_back(point.step, point.value);
  input.facts.emplace_back(
      "Training", fmt::format("{} steps on {} good images, {} more for validation; weights of step {}{}", history.steps,
                              history.images, history.validation, history.best_step,
                              history.stopped_early ? "; stopped early" : ""));
}

}  // namespace

EvaluateResult evaluate_model(const Inspector& inspector, const Dataset& dataset, const EvaluateOptions& options,
                              const RunContext& context) {
  const RunScope scope(context);
  VIGIE_CHECK(!dataset.test().empty(), "evaluate",
              "{}: no test images; put them under test/<defect> (MVTec layout) or bad/", dataset.root.string());
  const Model& model = inspector.model();
  if (!options.allow_leakage) refuse_leakage(model, dataset);
  EvaluateResult result;
  std::vector<double> milliseconds;
  Doubts doubts;
  Progress progress(context, "evaluation", std::ssize(dataset.test()));
  for (const Sample& sample : dataset.test()) {
    result.images.push_back(judge(inspector, sample, dataset, options.reading, milliseconds, doubts));
    progress.advance();
  }
  doubts.warn();
  result.predict_ms = median_of(milliseconds);
  result.evaluation = evaluate_evidence(
      result.images, {model.stage().calibration.image_threshold, model.stage().calibration.pixel_threshold});
  return result;
}

void write_evaluation_report(const std::filesystem::path& path, const Inspector& inspector, const Dataset& dataset,
                             const EvaluateResult& result,
                             const std::vector<std::pair<std::string, std::string>>& extra,
                             const ImageReadOptions& reading) {
  const Model& model = inspector.model();
  ReportInput input;
  input.title =
      fmt::format("{} · {} · {}", dataset.name, detector_info(model.stage().detector).title, model.stage().backbone);
  input.facts = {
      {"Data set", utf8_name(dataset.root)},
      {"Protocol", in_network_frame(model)
                       ? fmt::format("paper: short side {}, centre crop, pixel metrics in that frame",
                                     model.stage().preprocess.resize_to)
                       : std::string("deploy: whole image, pixel metrics at its original resolution")},
      {"Network input", fmt::format("{}x{}", model.stage().preprocess.width, model.stage().preprocess.height)},
      {"Detector", fmt::format("{} ({})", model.stage().detector, detector_info(model.stage().detector).paper)},
      {"Options", model.stage().detector_options.dump()},
      {"Image score", model.stage().postprocess.image_score},
      {"Thresholds from", statement_of(model.stage().calibration)}};
  for (const char* key : {"images_learnt", "preset", "seed", "data_digest"})
    if (model.provenance.contains(key)) input.facts.emplace_back(key, text_of(model.provenance[key]));
  input.facts.emplace_back("Median time",
                           fmt::format("{:.1f} ms an image, from memory to map and score", result.predict_ms));
  input.facts.insert(input.facts.end(), extra.begin(), extra.end());
  input.facts.emplace_back("Made by", fmt::format("vigie {}", kVersion));
  input.evaluation = result.evaluation;
  input.images = &result.images;
  input.load_image = [&](std::size_t i) { return displayed(dataset.test()[i], model, reading); };
  add_losses(model, input);
  write_report(path, input);
}

}  // namespace vigie
