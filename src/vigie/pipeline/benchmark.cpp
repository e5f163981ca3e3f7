#include "vigie/pipeline/benchmark.h"

#include <algorithm>
#include <map>

#include "vigie/backbones/backbone.h"
#include "vigie/backbones/weights.h"
#include "vigie/core/random.h"
#include "vigie/core/text.h"
#include "vigie/io/file.h"
#include "vigie/pipeline/evaluate.h"
#include "vigie/pipeline/peak_memory.h"
#include "vigie/pipeline/version.h"
#include "vigie/report/benchmark_report.h"

namespace vigie {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct PlannedRun {
  Dataset dataset;
  FitOptions fit;
  std::string key;       ///< folder name; differs whenever something that moves a number does
  std::string training;  ///< name of what is trained; the same for runs that differ in what comes after only
};

// What a data set holds, and each backbone's weights; read once for all runs.
struct Digests {
  std::string train, test;
  std::map<std::string, std::string> weights;
};

// Weights change under one name when a file is replaced, the built-in ones with vigie.
std::string digest_of_weights(const std::string& backbone) {
  if (backbone == kNoBackbone) return "";
  const BackboneInfo& info = backbone_info(backbone);
  return fmt::format("{:016x}",
                     nn::fingerprint(info.weights.empty() ? info.own_weights() : load_weights(info.weights)));
}

// What moves a number of a run. Each struct is taken apart into all its fields: one added later does not compile before
// it is decided here whether it belongs.
json identity_of(const PlannedRun& run, const BenchmarkOptions& shared, const Digests& digests) {
  const auto& [detector, detector_options, backbone, protocol, image_size, holdout, max_fpr, sigma, image_score,
               precision, int8_range, fast_fit, random_weights, seed, estimate, reading, training] = run.fit;
  (void)detector_options;  // complete below, the preset of `training` included; the rest of it moves no number
  (void)training, (void)estimate;
  const auto& [max_pixels, bits, bits_where_unsaid] = reading;
  (void)max_pixels;  // a limit: it refuses images and changes none
  const auto& [data, detectors, backbones, precisions, seeds, options, fit, reports, keep_models, allow_leakage] =
      shared;
  // The axes are the run's own values; reports and models are only kept or not.
  (void)data, (void)detectors, (void)backbones, (void)precisions, (void)seeds, (void)options, (void)fit;
  (void)reports, (void)keep_models;
  json identity = {{"root", utf8_name(run.dataset.root)},
                   {"detector", detector},
                   {"options", complete_options(run.fit)},
                   {"backbone", backbone},
                   {"weights", digests.weights.at(backbone)},
                   {"protocol", protocol},
                   {"size", image_size},
                   {"holdout", holdout},
                   {"max_fpr", max_fpr},
                   {"sigma", sigma},
                   {"image_score", image_score},
                   {"precision", precision},
                   {"int8_range", int8_range},
                   {"fast_fit", fast_fit},
                   {"random_weights", random_weights},
                   {"bits", bits},
                   {"bits_where_unsaid", bits_where_unsaid},
                   {"seed", seed},
                   {"allow_leakage", allow_leakage},
                   {"train", digests.train},
                   {"test", digests.test},
                   {"version", kVersion}};
  return identity;
}

std::string name_of(const PlannedRun& run, const json& identity) {
  return fmt::format("{}-{}-{}-{}-s{}-{:08x}", run.dataset.name, run.fit.detector, run.fit.backbone, run.fit.protocol,
                     run.fit.seed, static_cast<std::uint32_t>(fnv1a(json_text(identity))));
}

// What only comes after a training leaves its name: it is in f32 or mixed precision whatever the served network's
// number format will be, and knows neither thresholds nor test images.
void name_run(PlannedRun& run, const BenchmarkOptions& shared, const Digests& digests) {
  json identity = identity_of(run, shared, digests);
  run.key = name_of(run, identity);
  for (const char* after :
       {"precision", "int8_range", "fast_fit", "max_fpr", "sigma", "image_score", "allow_leakage", "test"})
    identity.erase(after);
  run.training = name_of(run, identity);
}

json options_for(const BenchmarkOptions& options, const std::string& detector) {
  return options.detector_options.contains(detector) ? options.detector_options.at(detector) : json::object();
}

void check_not_empty(const BenchmarkOptions& options) {
  VIGIE_CHECK(!options.data.empty() && !options.detectors.empty() && !options.backbones.empty() &&
                  !options.precisions.empty() && !options.seeds.empty(),
              "benchmark", "needs at least one data set, detector, backbone, precision and seed");
}

// The runs of one data set with one detector. Adds to `digests` what it needs.
void plan_detector(const BenchmarkOptions& options, const Dataset& dataset, Digests& digests,
                   const std::string& detector, std::vector<PlannedRun>& runs) {
  const json detector_options = options_for(options, detector);
  detector_info(detector).create(detector_options);  // refuses unknown options before the first slow step
  FitOptions fit = options.fit;
  fit.detector = detector;
  fit.detector_options = detector_options;
  for (const std::string& asked : needs_backbone(fit) ? options.backbones : std::vector<std::string>{kNoBackbone}) {
    const std::string backbone = resolve_backbone(asked);
    if (!digests.weights.contains(backbone)) digests.weights[backbone] = digest_of_weights(backbone);
    for (const std::uint64_t seed : options.seeds)
      for (const std::string& precision : options.precisions) {
        PlannedRun run{dataset, fit, {}, {}};
        run.fit.backbone = backbone;
        run.fit.precision = precision;
        run.fit.seed = seed;
        name_run(run, options, digests);
        runs.push_back(std::move(run));
      }
  }
}

std::vector<PlannedRun> plan(const BenchmarkOptions& options) {
  check_not_empty(options);
  std::vector<PlannedRun> runs;
  Digests digests;
  for (const fs::path& path : options.data) {
    const Dataset dataset = read_dataset(path);
    log_left_out(dataset.left_out, dataset.root);
    digests.train = digest_of(dataset, dataset.normals());
    digests.test = digest_of(dataset, dataset.test());
    for (const std::string& detector : options.detectors) plan_detector(options, dataset, digests, detector, runs);
  }
  return runs;
}

// `checkpoint`: of the training, where the run has one.
RunRecord perform(const PlannedRun& run, const BenchmarkOptions& options, const fs::path& folder,
                  const fs::path& checkpoint, const RunContext& context) {
  reset_peak_memory();
  FitOptions fit = run.fit;
  fit.training.checkpoint = checkpoint;
  fit.training.resume = true;  // its name says that it is the same training
  FitResult fitted = fit_model(run.dataset, fit, context);
  const fs::path model_file = folder / "model.vigie";
  save_model(model_file, fitted.model);

  RunRecord record;
  record.detector = run.fit.detector;
  record.backbone = run.fit.backbone;
  record.options = fitted.model.stage().detector_options;
  record.category = run.dataset.name;
  record.protocol = run.fit.protocol;
  record.precision = run.fit.precision;  // as asked: what auto chose may differ from one data set to the next
  record.seed = run.fit.seed;
  record.fit_seconds = fitted.fit_seconds;
  record.calibrate_seconds = fitted.calibrate_seconds;
  record.model_bytes = static_cast<std::int64_t>(fs::file_size(model_file));
  record.peak_memory_bytes = peak_memory_bytes();
  fitted = {};

  const Inspector inspector(load_model(model_file));  // what is measured is what was saved
  const EvaluateResult result =
      evaluate_model(inspector, run.dataset, {run.fit.reading, options.allow_leakage}, context);
  record.evaluation = result.evaluation;
  record.predict_ms = result.predict_ms;
  if (options.reports)
    write_evaluation_report(folder / "report.html", inspector, run.dataset, result,
                            {{"Fit", fmt::format("{:.1f} s", record.fit_seconds)}}, run.fit.reading);
  if (!options.keep_models) fs::remove(model_file);
  return record;
}

RunRecord read_record(const fs::path& path) {
  const json object = json::parse(read_file(path), nullptr, false);
  if (!object.is_object())
    fail(ErrorKind::BadFile, "benchmark", "{}: damaged; delete it to run this again", path.string());
  try {
    return run_from_json(object);
  } catch (const Error& error) {
    fail(ErrorKind::BadFile, "benchmark", "{}: {}; delete it to run this again", path.string(), error.what());
  }
}

void write_tables(const fs::path& out, const std::vector<RunRecord>& records, const std::vector<std::string>& links) {
  json list = json::array();
  for (const RunRecord& record : records) list.push_back(json_from_run(record));
  write_file(out / "results.json", json_text(list, 2) + "\n");
  write_file(out / "results.csv", csv_from_runs(records));
  write_benchmark_report(out / "report.html", records, links);
}

std::string line_of(const RunRecord& r, std::size_t index, std::size_t total, bool resumed) {
  const auto number = [](double x) { return x == x ? fmt::format("{:.4f}", x) : std::string("n/a"); };
  return fmt::format(
      "[{}/{}] {} {} {} {} seed {}: image AUROC {}, pixel AUROC {}, AUPRO {}, fit {:.1f} s, {:.1f} ms/image{}", index,
      total, r.category, r.detector, r.backbone, r.precision, r.seed, number(r.evaluation.image_auroc),
      number(r.evaluation.pixel_auroc), number(r.evaluation.aupro), r.fit_seconds, r.predict_ms,
      resumed ? " (from an earlier run)" : "");
}

}  // namespace

std::vector<RunRecord> run_benchmark(const BenchmarkOptions& options, const fs::path& out, const RunContext& context,
                                     const std::function<void(const std::string&)>& announce) {
  const RunScope scope(context);
  const std::vector<PlannedRun> runs = plan(options);
  std::vector<RunRecord> records;
  std::vector<std::string> links;
  for (const PlannedRun& run : runs) {
    const fs::path folder = out / "runs" / run.key;
    const fs::path checkpoint = out / "trainings" / (run.training + ".checkpoint");
    const fs::path record_file = folder / "record.json";
    const bool resumed = fs::exists(record_file);
    if (resumed) {
      records.push_back(read_record(record_file));
    } else {
      records.push_back(perform(run, options, folder, checkpoint, context));
      write_file(record_file, json_text(json_from_run(records.back()), 2) + "\n");
    }
    const bool has_report = fs::exists(folder / "report.html");
    links.push_back(has_report ? "runs/" + run.key + "/report.html" : "");
    write_tables(out, records, links);
    announce(line_of(records.back(), records.size(), runs.size(), resumed));
    const auto next = runs.begin() + static_cast<std::ptrdiff_t>(records.size());
    const bool wanted =
        std::any_of(next, runs.end(), [&](const auto& later) { return later.training == run.training; });
    if (!wanted) fs::remove(checkpoint);
  }
  std::error_code not_empty;  // trainings that an earlier, stopped call left
  fs::remove(out / "trainings", not_empty);
  return records;
}

}  // namespace vigie
