#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "vigie/cli/command.h"
#include "vigie/cli/fit_flags.h"
#include "vigie/cli/image_supply.h"
#include "vigie/cli/open_dataset.h"
#include "vigie/cli/outputs.h"
#include "vigie/cli/terminal.h"
#include "vigie/core/log.h"
#include "vigie/core/text.h"
#include "vigie/demo/demo.h"
#include "vigie/engine/machine_limit.h"
#include "vigie/io/file.h"
#include "vigie/pipeline/profile.h"

namespace vigie::cli {

namespace {

namespace fs = std::filesystem;

struct BenchArguments {
  std::string model, data, json_out;
  std::vector<std::string> images, settings;
  std::vector<std::string> detectors = {"patchcore"}, backbones = {"auto"}, precisions = {"f32"};
  std::vector<std::int64_t> sizes = {256};
  FitOptions fit;
  ProfileOptions profile;
};

// A folder of this process alone, gone with it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "vigie_bench_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
      fail(ErrorKind::Io, "bench", "{}: a folder for the drawn parts cannot be made: {}", name, std::strerror(errno));
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

fs::path draw_parts(const fs::path& folder, const RunContext& context) {
  constexpr const char* kProduct = "turned_part";
  make_demo_dataset(folder, {.size = 512, .train = 40, .test_good = 8, .test_per_defect = 1, .products = {kProduct}},
                    context);
  return folder / kProduct;
}

std::map<Precision, double> limits_here() {
  std::map<Precision, double> limits;
  for (const Precision precision : {Precision::F32, Precision::BF16, Precision::Int8}) {
    limits[precision] = measure_limit(precision);
    if (limits[precision] > 0)
      log_info("limit {}: {:.0f} GFLOP/s in a large matrix product", name_of(precision), limits[precision] / 1e9);
  }
  return limits;
}

std::vector<fs::path> all_images(const std::vector<std::string>& inputs, const RunContext& context) {
  ImageSupply supply(inputs, context);
  std::vector<fs::path> out;
  while (auto path = supply.next()) out.push_back(std::move(*path));
  return out;
}

std::vector<Profile> bench_model(const BenchArguments& arguments, const Session& session) {
  VIGIE_CHECK(!arguments.images.empty(), "bench", "name images or a folder for the model to inspect");
  VIGIE_CHECK(arguments.data.empty(), "bench", "--data is for fitting; a model inspects the images named after it");
  const Inspector inspector = open_inspector(arguments.model);
  const std::vector<fs::path> images = all_images(arguments.images, session.context);
  return {profile(inspector, images, limits_here(), arguments.profile, session.context)};
}

// Every combination fitted on the data set and timed on its test images, or on what it learnt from when it has none.
std::vector<Profile> bench_combinations(const BenchArguments& arguments, const Session& session) {
  const TemporaryFolder folder;
  const Dataset dataset =
      open_dataset(arguments.data.empty() ? draw_parts(folder.path(), session.context) : fs::path(arguments.data));
  std::vector<fs::path> images;
  for (const Sample& sample : dataset.test().empty() ? dataset.normals() : dataset.test())
    images.push_back(sample.image);
  const auto limits = limits_here();
  std::vector<Profile> out;
  for (const std::string& detector : arguments.detectors)
    for (const std::string& backbone : arguments.backbones)
      for (const std::string& precision : arguments.precisions)
        for (const std::int64_t size : arguments.sizes) {
          FitOptions fit = arguments.fit;
          fit.reading = arguments.profile.reading;
          fit.detector = detector;
          fit.backbone = backbone;
          fit.precision = precision;
          fit.image_size = size;
          const auto settings = options_from_set(arguments.settings, detector);
          if (settings.contains(detector)) fit.detector_options = settings[detector];
          const Inspector inspector(fit_model(dataset, fit, session.context).model);
          out.push_back(profile(inspector, images, limits, arguments.profile, session.context));
        }
  return out;
}

int bench(const BenchArguments& arguments, const Session& session) {
  std::vector<fs::path> read = {arguments.model, arguments.data, session.config};
  read.insert(read.end(), arguments.images.begin(), arguments.images.end());
  refuse_overwrite({{"--json", arguments.json_out, FileKind::Json}}, read);
  if (arguments.fit.random_weights) log_warning("random weights: the times are real, the verdicts are not");
  const std::vector<Profile> profiles =
      arguments.model.empty() ? bench_combinations(arguments, session) : bench_model(arguments, session);
  if (!arguments.json_out.empty()) {
    nlohmann::json list = nlohmann::json::array();
    for (const Profile& profile : profiles) list.push_back(json_from_profile(profile));
    write_file(arguments.json_out, json_text(list, 2) + "\n");
  }
  print_result(table_from_profiles(profiles));
  return 0;
}

void add_axes(CLI::App& app, BenchArguments& arguments) {
  app.add_option("--data", arguments.data, "without a model: data set to fit and inspect; default: drawn parts");
  app.add_option("--detectors", arguments.detectors, "methods, comma-separated")->delimiter(',')->capture_default_str();
  app.add_option("--backbones", arguments.backbones, "networks, comma-separated")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--precisions", arguments.precisions, "f32, bf16, int8, auto; comma-separated")
      ->delimiter(',')
      ->check(is_precision())
      ->capture_default_str();
  app.add_option("--image-sizes", arguments.sizes, "sides of the network input, pixels, comma-separated")
      ->delimiter(',')
      ->check(CLI::Range(32, 4096))
      ->capture_default_str();
  app.add_option("--set", arguments.settings, "method option, key=value; may be repeated");
  app.add_flag("--random-weights", arguments.fit.random_weights,
               "time a network whose trained weights are not at hand; its verdicts mean nothing");
}

}  // namespace

Command bench_command() {
  return {"bench", "measure where the time of an inspection goes, beside what the processor can do",
          "vigie bench bottle.vigie parts/bottle/test\n"
          "  vigie bench --detectors patchcore,padim --backbones resnet18 --precisions f32,int8 --image-sizes 224,256",
          [](CLI::App& app) {
            auto arguments = std::make_shared<BenchArguments>();
            app.add_option("model", arguments->model, "model file; without one, the combinations below are fitted");
            app.add_option("images", arguments->images, "files and folders for the model to inspect");
            add_axes(app, *arguments);
            app.add_option("--repeats", arguments->profile.repeats, "inspections measured, at least 5")
                ->check(CLI::Range(5, 1000000))
                ->capture_default_str();
            app.add_option("--streams", arguments->profile.streams, "images at once for images/s; 0: one per thread")
                ->check(CLI::Range(0, 1024));
            app.add_option("--json", arguments->json_out, "also write the numbers to this file");
            add_reading_flags(app, arguments->profile.reading);
            return [arguments](const Session& session) { return bench(*arguments, session); };
          }};
}

}  // namespace vigie::cli
