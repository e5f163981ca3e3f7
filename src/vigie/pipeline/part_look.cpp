#include "vigie/pipeline/part_look.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "vigie/core/error.h"

namespace vigie {

namespace {

using nlohmann::json;

constexpr std::int64_t kSampledPixels = 1 << 16;
constexpr std::int64_t kMostImages = 200;
// A colour photo of grey metal has this much colour, a grey one saved as JPEG in three channels less.
constexpr double kGrey = 0.004, kColour = 0.02;
constexpr double kLostColour = 0.25;  ///< of the least of the training set
constexpr double kSlack = 0.25;       ///< of the training set's own spread of sizes, beyond its ends
constexpr double kAspectSlack = 0.01;
constexpr double kBrightnessSlack = 0.01, kBrightnessShare = 0.1;

template <typename T>
void measure(const Tensor& image, PartLook& look) {
  constexpr double kWhite = sizeof(T) == 1 ? 255 : 65535;
  const T* values = image.data<T>();
  const std::int64_t pixels = image.dim(0) * image.dim(1), channels = image.count() / pixels;
  // An odd stride walks over the columns too.
  const std::int64_t stride = (pixels / kSampledPixels) | 1;
  double colour = 0, brightness = 0;
  std::int64_t sampled = 0;
  for (std::int64_t i = 0; i < pixels; i += stride, ++sampled) {
    const T* pixel = values + i * channels;
    const auto [least, most] = std::minmax_element(pixel, pixel + channels);
    colour += *most - *least;
    for (std::int64_t c = 0; c < channels; ++c) brightness += pixel[c];
  }
  look.colour = colour / static_cast<double>(sampled) / kWhite;
  look.brightness = brightness / static_cast<double>(sampled * channels) / kWhite;
}

void widen(double& least, double& most, double value) {
  least = std::min(least, value);
  most = std::max(most, value);
}

void widen(TrainingLook& look, const PartLook& part) {
  widen(look.least.width, look.most.width, part.width);
  widen(look.least.height, look.most.height, part.height);
  widen(look.least.colour, look.most.colour, part.colour);
  widen(look.least.brightness, look.most.brightness, part.brightness);
  widen(look.least_aspect, look.most_aspect, part.aspect());
}

bool outside(double value, double least, double most, double slack) {
  return value < least - slack || value > most + slack;
}

std::string range_text(double least, double most, int digits) {
  return least == most ? fmt::format("{:.{}f}", least, digits)
                       : fmt::format("{:.{}f} to {:.{}f}", least, digits, most, digits);
}

std::string size_text(const TrainingLook& t) {
  if (t.least.width == t.most.width && t.least.height == t.most.height)
    return fmt::format("is {:.0f} x {:.0f}", t.least.width, t.least.height);
  return fmt::format("is {} wide and {} high", range_text(t.least.width, t.most.width, 0),
                     range_text(t.least.height, t.most.height, 0));
}

void compare_colour(const TrainingLook& t, const PartLook& part, std::vector<Difference>& out) {
  if (t.least.colour > kColour && part.colour < kLostColour * t.least.colour)
    out.push_back({"colour", "grey, the training set is colour"});
  else if (t.most.colour < kGrey && part.colour > kColour)
    out.push_back({"colour", "colour, the training set is grey"});
}

void compare_size(const TrainingLook& t, const PartLook& part, std::vector<Difference>& out) {
  const auto slack = [](double least, double most) { return kSlack * (most - least); };
  if (outside(part.width, t.least.width, t.most.width, slack(t.least.width, t.most.width)) ||
      outside(part.height, t.least.height, t.most.height, slack(t.least.height, t.most.height)))
    out.push_back(
        {"size", fmt::format("{:.0f} x {:.0f} pixels, the training set {}", part.width, part.height, size_text(t))});
  const double aspect_slack = slack(t.least_aspect, t.most_aspect) + kAspectSlack * t.most_aspect;
  if (outside(part.aspect(), t.least_aspect, t.most_aspect, aspect_slack))
    out.push_back({"aspect", fmt::format("width : height is {:.2f}, in the training set {}", part.aspect(),
                                         range_text(t.least_aspect, t.most_aspect, 2))});
}

void compare_exposure(const TrainingLook& t, const PartLook& part, std::vector<Difference>& out) {
  const double spread = t.most.brightness - t.least.brightness;
  const auto slack = [spread](double edge) { return spread + kBrightnessSlack + kBrightnessShare * edge; };
  const bool darker = part.brightness < t.least.brightness - slack(t.least.brightness);
  if (darker || part.brightness > t.most.brightness + slack(t.most.brightness))
    out.push_back(
        {"exposure", fmt::format("{}: mean brightness {:.2f}, in the training set {}", darker ? "darker" : "brighter",
                                 part.brightness, range_text(t.least.brightness, t.most.brightness, 2))});
}

json json_from_look(const PartLook& look, double aspect) {
  return {{"width", look.width},
          {"height", look.height},
          {"aspect", aspect},
          {"colour", look.colour},
          {"brightness", look.brightness}};
}

double number_at(const json& object, const char* key) {
  const double value = object.at(key).get<double>();
  if (!(value >= 0 && value <= 1e9)) fail(ErrorKind::BadFile, "training_set", "'{}' is {}", key, value);
  return value;
}

PartLook look_from_json(const json& object) {
  return {number_at(object, "width"), number_at(object, "height"), number_at(object, "colour"),
          number_at(object, "brightness")};
}

}  // namespace

PartLook look_of(const Tensor& image) {
  VIGIE_CHECK((image.rank() == 2 || image.rank() == 3) && !image.empty(), "look_of",
              "an image [H W C] is needed, got {}", to_string(image.shape()));
  PartLook look;
  look.width = static_cast<double>(image.dim(1));
  look.height = static_cast<double>(image.dim(0));
  if (image.dtype() == DType::U16)
    measure<std::uint16_t>(image, look);
  else
    measure<std::uint8_t>(image, look);
  return look;
}

TrainingLook look_of_training(const std::vector<PartLook>& looks) {
  const auto count = std::ssize(looks), taken = std::min<std::ptrdiff_t>(count, kMostImages);
  VIGIE_CHECK(count > 0, "look_of_training", "no images");
  TrainingLook out{looks[0], looks[0], looks[0].aspect(), looks[0].aspect()};
  for (std::ptrdiff_t i = 0; i < taken; ++i) widen(out, looks[static_cast<std::size_t>(i * count / taken)]);
  return out;
}

json json_from_training_look(const TrainingLook& look) {
  return {{"least", json_from_look(look.least, look.least_aspect)},
          {"most", json_from_look(look.most, look.most_aspect)}};
}

std::optional<TrainingLook> training_look_of(const json& provenance) {
  if (!provenance.contains("training_set")) return std::nullopt;
  try {
    const json &least = provenance["training_set"].at("least"), &most = provenance["training_set"].at("most");
    return TrainingLook{look_from_json(least), look_from_json(most), number_at(least, "aspect"),
                        number_at(most, "aspect")};
  } catch (const json::exception& e) {
    fail(ErrorKind::BadFile, "training_set", "the facts of the training set are damaged ({})", e.what());
  }
}

std::vector<Difference> differences(const TrainingLook& training, const PartLook& part) {
  std::vector<Difference> out;
  compare_colour(training, part, out);
  compare_size(training, part, out);
  compare_exposure(training, part, out);
  return out;
}

void DifferenceCount::add(const std::vector<Difference>& of_one_part) {
  ++parts_;
  differing_ += of_one_part.empty() ? 0 : 1;
  for (const Difference& difference : of_one_part) {
    const auto found =
        std::find_if(kinds_.begin(), kinds_.end(), [&](const Kind& kind) { return kind.kind == difference.kind; });
    if (found == kinds_.end())
      kinds_.push_back({difference.kind, difference.text, 1});
    else
      ++found->parts;
  }
}

std::string DifferenceCount::summary() const {
  if (differing_ == 0) return {};
  std::vector<std::string> texts;
  for (const Kind& kind : kinds_)
    texts.push_back(
        fmt::format("{} in {} ({}{})", kind.parts, kind.kind, kind.parts > 1 ? "the first: " : "", kind.first));
  return fmt::format("{} of {} parts differ from the training set: {}", differing_, parts_, fmt::join(texts, ", "));
}

}  // namespace vigie
