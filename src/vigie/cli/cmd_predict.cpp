#include <chrono>

#include "vigie/cli/command.h"
#include "vigie/cli/fit_flags.h"
#include "vigie/cli/image_supply.h"
#include "vigie/cli/terminal.h"
#include "vigie/core/log.h"
#include "vigie/core/streams.h"
#include "vigie/data/part_reading.h"
#include "vigie/imaging/colour.h"
#include "vigie/io/file.h"
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
  ImageReadOptions reading;
};

struct Counts {
  std::int64_t inspected = 0, anomalous = 0, unreadable = 0;
  void add(const nlohmann::json& line) {
    const bool readable = !line.contains("error");
    inspected += readable ? 1 : 0;
    unreadable += readable ? 0 : 1;
    anomalous += readable && line["anomalous"].get<bool>() ? 1 : 0;
  }
};

// Names under --images keep the input's folders and extension, so that equal file names do not overwrite each other.
fs::path overlay_path(const fs::path& folder, const fs::path& image, std::string_view kind) {
  fs::path name;
  for (const fs::path& part : image.relative_path().lexically_normal()) name /= part == ".." ? fs::path("up") : part;
  name += fmt::format(".{}.png", kind);
  return folder / name;
}

void write_pictures(const PredictArguments& arguments, const fs::path& path, const Tensor& image,
                    const Verdict& verdict, const Calibration& calibration) {
  if (arguments.images_out.empty() || verdict.map.empty()) return;
  const auto threshold = static_cast<float>(calibration.pixel_threshold);
  Tensor mask(verdict.map.shape(), DType::U8);
  for (std::int64_t i = 0; i < mask.count(); ++i)
    mask.data<std::uint8_t>()[i] = verdict.map.data<float>()[i] >= threshold ? 255 : 0;
  const Tensor heat = heat_map(verdict.map, 0.5F * threshold, 1.5F * threshold);
  write_image(overlay_path(arguments.images_out, path, "overlay"), blend(to_rgb8(image), heat, 0.5F));
  write_image(overlay_path(arguments.images_out, path, "mask"), mask);
}

nlohmann::json inspect_file(const Inspector& inspector, const PredictArguments& arguments, const fs::path& path) {
  nlohmann::json line = {{"image", path.string()}};
  Tensor image;
  Verdict verdict;
  try {
    Part part = read_part(path, inspector.model().preprocess, arguments.reading);
    if (!part.warning.empty()) line["warning"] = part.warning;
    image = std::move(part.image);
    const auto start = std::chrono::steady_clock::now();
    verdict = inspector.inspect(image);
    line["ms"] = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  } catch (const Error& error) {
    line["error"] = error.what();
    return line;
  }
  line.update(json_from_verdict(verdict, inspector.model().calibration));
  write_pictures(arguments, path, image, verdict, inspector.model().calibration);
  return line;
}

// Verdicts go to standard output at once, or to a file that appears whole: also when a stop request or an error ends
// the run early, so that what was inspected is not lost.
class VerdictLines {
 public:
  explicit VerdictLines(std::string path) : path_(std::move(path)) {}
  ~VerdictLines() {
    try {
      finish();
    } catch (const Error& error) {
      log_warning("{}", error.what());
    }
  }
  VerdictLines(const VerdictLines&) = delete;
  VerdictLines& operator=(const VerdictLines&) = delete;

  void add(const nlohmann::json& verdict) {
    const std::string line = verdict.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    if (path_.empty())
      print_result(line);
    else
      text_ += line;
  }
  void finish() {
    if (path_.empty() || finished_) return;
    finished_ = true;
    write_file(path_, text_);
  }

 private:
  std::string path_, text_;
  bool finished_ = false;
};

int predict(const PredictArguments& arguments, const Session& session) {
  if (!arguments.json_out.empty()) check_writable(arguments.json_out);
  const Inspector inspector = open_inspector(arguments.model);
  ImageSupply images(arguments.inputs, session.context);
  Counts counts;
  VerdictLines lines(arguments.json_out);
  Progress progress(session.context, "inspection", images.total());
  // A live line wants each verdict as early as can be; a list wants all of them soon.
  const int streams = arguments.streams > 0 ? arguments.streams : images.live() ? 1 : thread_budget();
  run_streams(
      streams, [&](const std::stop_token& stop) { return images.next(stop); },
      [&](const fs::path& path) { return inspect_file(inspector, arguments, path); },
      [&](const nlohmann::json& line) {
        lines.add(line);
        counts.add(line);
        progress.advance();
      });
  lines.finish();
  log_info("{} inspected, {} anomalous, {} could not be read", counts.inspected, counts.anomalous, counts.unreadable);
  return counts.unreadable > 0 ? kExitPartial : 0;
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
        app.add_option("--images", arguments->images_out, "folder for overlays and masks (PNG)");
        app.add_option("--json", arguments->json_out, "write the JSON lines here instead of standard output");
        app.add_option(
               "--streams", arguments->streams,
               "images inspected at once, each on its share of --threads; 0: one per thread, but 1 for a list on "
               "standard input, where each verdict should come early")
            ->check(CLI::Range(0, 1024));
        add_reading_flags(app, arguments->reading);
        return [arguments](const Session& session) { return predict(*arguments, session); };
      }};
}

}  // namespace vigie::cli
