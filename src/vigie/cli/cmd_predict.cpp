#include <unistd.h>

#include <chrono>
#include <csignal>
#include <optional>

#include "vigie/cli/command.h"
#include "vigie/cli/fit_flags.h"
#include "vigie/cli/image_supply.h"
#include "vigie/cli/outputs.h"
#include "vigie/cli/pictures.h"
#include "vigie/core/log.h"
#include "vigie/core/streams.h"
#include "vigie/core/text.h"
#include "vigie/data/part_reading.h"
#include "vigie/io/line_file.h"
#include "vigie/pipeline/inspector.h"

namespace vigie::cli {

namespace {

namespace fs = std::filesystem;

struct PredictArguments {
  std::string model;
  std::vector<std::string> inputs;
  std::string images_out;
  std::string json_out;
  int streams = 0;
  std::optional<double> threshold, max_fpr;
  ImageReadOptions reading;
};

struct Inspected {
  nlohmann::json line;
  std::vector<Difference> differences;
};

struct Counts {
  std::int64_t inspected = 0, anomalous = 0, unreadable = 0, without_pictures = 0;
  DifferenceCount different;

  void add(const Inspected& part) {
    const bool failed = part.line.contains("error");
    if (!part.line.contains("score")) {
      ++unreadable;
      return;
    }
    ++inspected;
    without_pictures += failed ? 1 : 0;
    anomalous += part.line["anomalous"].get<bool>() ? 1 : 0;
    different.add(part.differences);
  }
  bool complete() const { return unreadable + without_pictures == 0; }
};

std::string reason_of(const std::exception& error) {
  const bool memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
  return memory ? "out of memory; --max-pixels refuses images too large" : utf8_text(error.what());
}

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void log_times(const fs::path& path, double reading, const StageTimes& times) {
  log_debug("{}: read {:.1f} ms, resize {:.1f}, network {:.1f}, detector {:.1f}, map {:.1f}, decision {:.1f}",
            path.string(), reading, times.resize, times.backbone, times.detector, times.map, times.decision);
}

// Whatever is wrong with one part costs its own line and no other: a line goes on.
Inspected inspect_file(const Inspector& inspector, const PredictArguments& arguments, const fs::path& path) {
  Inspected out{{{"image", utf8_name(path)}}, {}};
  try {
    const auto opened = std::chrono::steady_clock::now();
    const Part part = read_part(path, inspector.preprocess(), arguments.reading);
    const Tensor& image = part.image;
    const double reading = milliseconds_since(opened);
    const auto start = std::chrono::steady_clock::now();
    StageTimes times;
    const Verdict verdict = inspector.inspect(image, &times);
    out.line["ms"] = milliseconds_since(start);
    const StageInspector& spoke = inspector.stages()[verdict.stage];
    out.line.update(json_from_verdict(verdict, spoke.stage()));
    if (!part.warning.empty()) out.line["warnings"].push_back(part.warning);
    out.differences = verdict.differences;
    log_times(path, reading, times);
    if (!arguments.images_out.empty()) write_pictures(arguments.images_out, path, image, verdict, spoke.heat());
  } catch (const std::exception& error) {
    out.line["error"] = reason_of(error);
  }
  return out;
}

std::unique_ptr<LineFile> open_lines(const std::string& path) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is then an error of the write
  return path.empty() ? std::make_unique<LineFile>(STDOUT_FILENO, "standard output") : std::make_unique<LineFile>(path);
}

// Without a reader or a picture, going on would be for nothing.
void stop_when_nobody_reads(const LineFile& lines, const PredictArguments& arguments) {
  if (lines.closed() && arguments.images_out.empty())
    fail(ErrorKind::Io, "output", "the verdicts have no reader any more ({})", lines.fault());
}

int sum_up(const Counts& counts, const LineFile& lines) {
  log_info("{} inspected, {} anomalous, {} could not be read{}", counts.inspected, counts.anomalous, counts.unreadable,
           counts.without_pictures == 0 ? "" : fmt::format(", {} without pictures", counts.without_pictures));
  if (const std::string summary = counts.different.summary(); !summary.empty()) log_warning("{}", summary);
  if (lines.missing() > 0) log_warning("{} verdicts could not be written: {}", lines.missing(), lines.fault());
  return counts.complete() && lines.missing() == 0 ? 0 : kExitPartial;
}

void check_outputs(const PredictArguments& arguments, const Session& session) {
  std::vector<fs::path> read = {arguments.model, session.config};
  for (const std::string& input : arguments.inputs) read.emplace_back(input == "-" ? "/dev/stdin" : input);
  refuse_overwrite({{"--json", arguments.json_out, FileKind::Json}}, read);
  refuse_pictures_among_parts(arguments.images_out, arguments.inputs);
}

// For this run only; `vigie calibrate` changes the model.
void use_asked_thresholds(Inspector& inspector, const PredictArguments& arguments) {
  VIGIE_CHECK(!arguments.threshold || !arguments.max_fpr, "predict", "give one of --threshold and --max-fpr");
  if (!arguments.threshold && !arguments.max_fpr) return;
  const Calibration& calibration = inspector.model().stage().calibration;
  if (arguments.threshold) inspector.set_calibration(at_threshold(calibration, *arguments.threshold));
  if (arguments.max_fpr) {
    inspector.set_calibration(at_rate(calibration, *arguments.max_fpr));
    log_info("threshold {:.6g}: {}", calibration.image_threshold, statement_of(calibration));
  }
}

int predict(const PredictArguments& arguments, const Session& session) {
  check_outputs(arguments, session);
  Inspector inspector = open_inspector(arguments.model);
  use_asked_thresholds(inspector, arguments);
  ImageSupply images(arguments.inputs, session.context);
  Counts counts;
  const auto lines = open_lines(arguments.json_out);
  Progress progress(session.context, "inspection", images.total());
  // A live line wants each verdict as early as can be; a list wants all of them soon.
  const int streams = arguments.streams > 0 ? arguments.streams : images.live() ? 1 : thread_budget();
  run_streams(
      streams, [&](const std::stop_token& stop) { return images.next(stop); },
      [&](const fs::path& path) { return inspect_file(inspector, arguments, path); },
      [&](const Inspected& part) {
        lines->add(json_text(part.line));
        stop_when_nobody_reads(*lines, arguments);
        counts.add(part);
        progress.advance();
      });
  lines->finish();
  return sum_up(counts, *lines);
}

}  // namespace

Command predict_command() {
  return {
      "predict", "inspect images: one JSON line each",
      "vigie predict bottle.vigie new_parts/ --images out/overlays > verdicts.jsonl\n"
      "  find /line -name '*.png' | vigie predict bottle.vigie -",
      [](CLI::App& app) {
        auto arguments = std::make_shared<PredictArguments>();
        app.add_option("model", arguments->model, "model file")->required();
        app.add_option("inputs", arguments->inputs, "files, folders, or - for a list on standard input")->required();
        app.add_option("--images", arguments->images_out, "folder for overlays and masks (PNG), not among the parts");
        app.add_option("--json", arguments->json_out,
                       "write the JSON lines here instead of standard output, each as it comes; an older file is "
                       "replaced by the first");
        app.add_option(
               "--streams", arguments->streams,
               "images inspected at once, each on its share of --threads; 0: one per thread, but 1 for a list on "
               "standard input, where each verdict should come early")
            ->check(CLI::Range(0, 1024));
        app.add_option("--threshold", arguments->threshold, "image threshold for this run instead of the model's");
        app.add_option("--max-fpr", arguments->max_fpr,
                       "wanted share of good parts rejected in this run, from the scores that the model keeps");
        add_reading_flags(app, arguments->reading);
        return [arguments](const Session& session) { return predict(*arguments, session); };
      }};
}

}  // namespace vigie::cli
