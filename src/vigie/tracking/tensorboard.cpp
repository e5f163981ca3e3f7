#include "vigie/tracking/tensorboard.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "vigie/core/error.h"
#include "vigie/core/text.h"
#include "vigie/io/image.h"
#include "vigie/tracking/event_file.h"
#include "vigie/tracking/histogram_buckets.h"
#include "vigie/tracking/log_guard.h"
#include "vigie/tracking/protobuf_writer.h"

namespace vigie {
namespace {

using nlohmann::json;

// Field numbers of tensorflow's event.proto, summary.proto and tensor.proto.
namespace event_field {
constexpr int kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5;
}
namespace value_field {
constexpr int kTag = 1, kSimpleValue = 2, kImage = 4, kHistogram = 5, kTensor = 8, kMetadata = 9;
}
constexpr int kSummaryValue = 1;

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

ProtobufWriter image_message(const Tensor& rgb) {
  VIGIE_CHECK(rgb.rank() == 3 && rgb.dim(2) == 3, "tensorboard", "an image must be [H W 3], got {}",
              to_string(rgb.shape()));
  constexpr std::int64_t kRgb = 3;
  ProtobufWriter image;
  image.integer(1, rgb.dim(0)).integer(2, rgb.dim(1)).integer(3, kRgb).bytes(4, encode_png(rgb));
  return image;
}

ProtobufWriter histogram_message(const HistogramBuckets& buckets) {
  ProtobufWriter histogram;
  histogram.float64(1, buckets.min).float64(2, buckets.max).float64(3, buckets.count);
  histogram.float64(4, buckets.sum).float64(5, buckets.sum_of_squares);
  histogram.packed(6, buckets.limits).packed(7, buckets.counts);
  return histogram;
}

/// A tensor of one string.
ProtobufWriter text_message(const std::string& text) {
  constexpr std::int64_t kString = 7;
  ProtobufWriter extent, shape, tensor;
  extent.integer(1, 1);
  shape.message(2, extent);
  tensor.integer(1, kString).message(2, shape).bytes(8, text);
  return tensor;
}

/// Says that a tensor is for the "Text" page.
ProtobufWriter text_metadata() {
  ProtobufWriter plugin, metadata;
  plugin.bytes(1, "text");
  metadata.message(1, plugin);
  return metadata;
}

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : json_text(value);
}

/// The settings as a Markdown table.
std::string table_of(const json& flat_object) {
  VIGIE_CHECK(flat_object.is_object(), "tensorboard", "settings must be a JSON object");
  std::string table = "| setting | value |\n|---|---|\n";
  for (const auto& [key, value] : flat_object.items()) {
    std::string cell;
    for (const char c : text_of(value)) c == '|' ? cell.append("\\|") : cell.append(1, c == '\n' ? ' ' : c);
    table += fmt::format("| {} | {} |\n", key, cell);
  }
  return table;
}

class TensorboardLog final : public TrainingLog {
 public:
  explicit TensorboardLog(const std::filesystem::path& folder)
      : guard_(fmt::format("the TensorBoard log in {}", folder.string()), "training goes on without it") {
    guard_.run([&] {
      const double start = now();
      file_.emplace(folder, start);
      ProtobufWriter event;
      event.float64(event_field::kWallTime, start).bytes(event_field::kFileVersion, "brain.Event:2");
      file_->append(event.data());
    });
  }

  void params(const json& flat_object) override {
    guard_.run([&] {
      ProtobufWriter value;
      value.message(value_field::kTensor, text_message(table_of(flat_object)));
      value.message(value_field::kMetadata, text_metadata());
      append("settings", 0, value);
    });
  }
  void scalar(std::string_view name, std::int64_t step, double value) override {
    guard_.run([&] {
      ProtobufWriter number;
      append(name, step, number.float32(value_field::kSimpleValue, static_cast<float>(value)));
    });
  }
  void image(std::string_view name, std::int64_t step, const Tensor& rgb) override {
    guard_.run([&] {
      ProtobufWriter picture;
      append(name, step, picture.message(value_field::kImage, image_message(rgb)));
    });
  }
  void histogram(std::string_view name, std::int64_t step, std::span<const float> values) override {
    guard_.run([&] {
      const HistogramBuckets buckets = histogram_buckets(values);
      if (buckets.count == 0) return;  // TensorBoard cannot draw one without values
      ProtobufWriter spread;
      append(name, step, spread.message(value_field::kHistogram, histogram_message(buckets)));
    });
  }

 private:
  /// Writes an event with one value; `content` is that value without its tag.
  void append(std::string_view name, std::int64_t step, const ProtobufWriter& content) {
    ProtobufWriter tag;
    tag.bytes(value_field::kTag, name);
    ProtobufWriter summary, event;
    summary.bytes(kSummaryValue, tag.data() + content.data());  // the fields of a message may be joined freely
    event.float64(event_field::kWallTime, now()).integer(event_field::kStep, step);
    event.message(event_field::kSummary, summary);
    file_->append(event.data());
  }

  LogGuard guard_;
  std::optional<EventFile> file_;  ///< empty only when guard_ is quiet
};

}  // namespace

std::unique_ptr<TrainingLog> make_tensorboard_log(const std::filesystem::path& folder) {
  return std::make_unique<TensorboardLog>(folder);
}

}  // namespace vigie
