#include "vigie/detectors/feature_layout.h"

#include <algorithm>
#include <cmath>

#include "vigie/core/threads.h"

namespace vigie {

namespace {

constexpr std::int64_t kLargestSide = 1 << 16;
constexpr std::int64_t kMostChannels = 1 << 20;

std::string text_of(const FeatureLayout& layout) {
  std::string text;
  for (const LayerShape& s : layout) text += fmt::format("[{} {} {}]", s.height, s.width, s.channels);
  return text;
}

bool all_finite(const Tensor& tensor) {
  const auto values = tensor.values<float>();
  // A sum that is not finite is cheap to compute; only then look closer, for large values may overflow together.
  double sum = 0;
  for (const float x : values) sum += x;
  return std::isfinite(sum) || std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
}

LayerShape layer_shape_from_json(const nlohmann::json& value, const std::string& detector) {
  const auto extent = [&](std::size_t i, std::int64_t largest) {
    if (!value[i].is_number_integer() || value[i] < 1 || value[i] > largest)
      fail(ErrorKind::BadFile, detector, "state: layer shape {} is out of range", value.dump());
    return value[i].get<std::int64_t>();
  };
  if (!value.is_array() || value.size() != 3)
    fail(ErrorKind::BadFile, detector, "state: a layer shape must be [h, w, C], got {}", value.dump());
  return {extent(0, kLargestSide), extent(1, kLargestSide), extent(2, kMostChannels)};
}

}  // namespace

FeatureLayout layout_of(const Features& features, const std::string& detector) {
  FeatureLayout layout;
  for (const Tensor& layer : features) {
    VIGIE_CHECK(layer.dtype() == DType::F32 && layer.rank() == 4 && !layer.empty(), detector,
                "features must be f32 [B h w C] and not empty, got {} {}", name_of(layer.dtype()),
                to_string(layer.shape()));
    VIGIE_CHECK(layer.dim(0) == features.front().dim(0), detector, "layers hold {} and {} images",
                features.front().dim(0), layer.dim(0));
    VIGIE_CHECK(all_finite(layer), detector, "features {} hold NaN or infinity", to_string(layer.shape()));
    layout.push_back({layer.dim(1), layer.dim(2), layer.dim(3)});
  }
  return layout;
}

void check_layout(const Features& features, const FeatureLayout& fitted, const std::string& detector) {
  VIGIE_CHECK(!fitted.empty(), detector, "not fitted: call fit() or set_state() first");
  const FeatureLayout given = layout_of(features, detector);
  VIGIE_CHECK(given == fitted, detector, "features {} differ from those of fit() {}", text_of(given), text_of(fitted));
}

nlohmann::json json_from_layout(const FeatureLayout& layout) {
  nlohmann::json list = nlohmann::json::array();
  for (const LayerShape& s : layout) list.push_back({s.height, s.width, s.channels});
  return list;
}

FeatureLayout layout_from_json(const nlohmann::json& value, std::size_t layers, const std::string& detector) {
  if (!value.is_array() || value.size() != layers)
    fail(ErrorKind::BadFile, detector, "state: expected the shapes of {} layers, got {}", layers, value.dump());
  FeatureLayout layout;
  for (const nlohmann::json& item : value) layout.push_back(layer_shape_from_json(item, detector));
  return layout;
}

FeatureLayout read_normals(const FeatureStream& normals, const FitContext& context, const NormalsNeeded& needed,
                           const std::function<void(const Features&, std::int64_t first)>& visit) {
  const std::int64_t total = normals.image_count();
  VIGIE_CHECK(total >= needed.images, needed.detector, "needs at least {} normal images, got {}", needed.images, total);
  Progress progress(context.run, needed.detector + ": reading features", total);
  FeatureLayout layout;
  std::int64_t seen = 0;
  normals.for_each([&](const Features& features, std::int64_t first) {
    VIGIE_CHECK(features.size() == needed.layers, needed.detector, "expected {} layers, got {}", needed.layers,
                features.size());
    if (layout.empty())
      layout = layout_of(features, needed.detector);
    else
      check_layout(features, layout, needed.detector);
    const std::int64_t batch = features.front().dim(0);
    VIGIE_CHECK(first == seen && seen + batch <= total, needed.detector, "images {} … {} of {} came after {}", first,
                first + batch - 1, total, seen);
    visit(features, first);
    seen += batch;
    progress.advance(batch);
  });
  VIGIE_CHECK(seen == total, needed.detector, "the stream gave {} of {} images", seen, total);
  return layout;
}

Tensor global_average(const Tensor& layer) {
  const std::int64_t positions = layer.dim(1) * layer.dim(2), channels = layer.dim(3);
  Tensor out({layer.dim(0), channels});
  parallel_for(layer.dim(0), [&](std::int64_t b) {
    std::vector<double> sums(static_cast<std::size_t>(channels), 0.0);
    const float* row = layer.data<float>() + b * positions * channels;
    for (std::int64_t p = 0; p < positions; ++p, row += channels)
      for (std::int64_t c = 0; c < channels; ++c) sums[c] += row[c];
    for (std::int64_t c = 0; c < channels; ++c)
      out.data<float>()[b * channels + c] = static_cast<float>(sums[c] / static_cast<double>(positions));
  });
  return out;
}

void check_layer_names(const std::vector<std::string>& layers, const std::string& detector) {
  VIGIE_CHECK(!layers.empty(), detector, "layers: name at least one");
  for (auto name = layers.begin(); name != layers.end(); ++name) {
    VIGIE_CHECK(!name->empty(), detector, "layers: empty name");
    VIGIE_CHECK(std::find(layers.begin(), name, *name) == name, detector, "layers: '{}' is named twice", *name);
  }
}

}  // namespace vigie
