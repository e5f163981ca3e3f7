#include "vigie/cli/fit_flags.h"

namespace vigie::cli {

CLI::Validator is_precision() {
  return CLI::IsMember({"f32", "bf16", "int8", "auto"});
}

void add_reading_flags(CLI::App& app, ImageReadOptions& options) {
  app.add_option("--max-pixels", options.max_pixels, "refuse larger images (width x height)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 34))
      ->capture_default_str();
  app.add_option("--bits", options.bits,
                 "how many of 16 bits the camera uses, 8 to 16 (12: white is 4095); default: as the files say, else as "
                 "the training images show")
      ->check(CLI::Range(8, 16));
}

void add_fit_flags(CLI::App& app, FitOptions& options) {
  app.add_option("--protocol", options.protocol,
                 "deploy: whole image; paper: resize 256, crop 224, pixel metrics in that frame")
      ->capture_default_str();
  app.add_option("--image-size", options.image_size,
                 "side of the network input in pixels; 0: the protocol's (256, paper 224)")
      ->check(CLI::Range(0, 4096));
  app.add_option("--holdout", options.holdout,
                 "share of the good images kept for the thresholds (0.02 to 0.5); 0: cross-fitting, every good image "
                 "serves both")
      ->capture_default_str();
  app.add_option("--max-fpr", options.max_fpr, "wanted share of good parts rejected")->capture_default_str();
  app.add_option("--sigma", options.sigma, "smoothing of the anomaly map, pixels of the network input")
      ->check(CLI::Range(0.0, 64.0))
      ->capture_default_str();
  app.add_option("--image-score", options.image_score, "map_max or detector; default: the method's own");
  app.add_option("--int8-range", options.int8_range, "how int8 ranges are chosen: mse, percentile or max")
      ->check(CLI::IsMember({"mse", "percentile", "max"}))
      ->capture_default_str();
  app.add_flag(
      "--fast-fit", options.fast_fit,
      "bf16 and int8: pick patchcore's coreset from their own features: a much faster fit, but other picks than "
      "f32 makes");
  app.add_option("--preset", options.training.preset,
                 "settings of methods that train a network: paper (the published schedule), quick (minutes)")
      ->capture_default_str();
  add_reading_flags(app, options.reading);
}

namespace {

/// "key=value" taken apart; the value as JSON, or as a text when it is none.
std::pair<std::string, nlohmann::json> setting_from_text(const std::string& text) {
  const std::size_t equals = text.find('=');
  VIGIE_CHECK(equals != std::string::npos && equals > 0, "--set",
              "'{}' is not key=value, e.g. patchcore.coreset_ratio=0.01", text);
  auto value = nlohmann::json::parse(text.substr(equals + 1), nullptr, false);
  return {text.substr(0, equals), value.is_discarded() ? nlohmann::json(text.substr(equals + 1)) : std::move(value)};
}

}  // namespace

nlohmann::json object_from_set(const std::vector<std::string>& settings) {
  nlohmann::json out = nlohmann::json::object();
  for (const std::string& text : settings) {
    auto [key, value] = setting_from_text(text);
    out[key] = std::move(value);
  }
  return out;
}

nlohmann::json options_from_set(const std::vector<std::string>& settings, const std::string& default_detector) {
  nlohmann::json out = nlohmann::json::object();
  for (const std::string& setting : settings) {
    auto [key, value] = setting_from_text(setting);
    const std::size_t dot = key.find('.');
    const std::string detector = dot == std::string::npos ? default_detector : key.substr(0, dot);
    VIGIE_CHECK(!detector.empty(), "--set", "'{}': name the detector, e.g. patchcore.{}", setting, key);
    out[detector_info(detector).name][dot == std::string::npos ? key : key.substr(dot + 1)] = std::move(value);
  }
  return out;
}

}  // namespace vigie::cli
