#include "vigie/detectors/feature_layout.h"

#include <gtest/gtest.h>

#include "vigie/detectors/synthetic_features.h"

namespace vigie {
namespace {

/// A stream that does not keep its word.
class BrokenStream : public FeatureStream {
 public:
  BrokenStream(std::int64_t promised, std::vector<std::pair<Shape, std::int64_t>> batches)
      : promised_(promised), batches_(std::move(batches)) {}
  std::int64_t image_count() const override { return promised_; }
  ClassLabel label(std::int64_t) const override { return kGood; }
  void for_each(const std::function<void(const Features&, std::int64_t)>& visit) const override {
    for (const auto& [shape, first] : batches_) visit({Tensor::zeros(shape)}, first);
  }

 private:
  std::int64_t promised_;
  std::vector<std::pair<Shape, std::int64_t>> batches_;
};

void read(const FeatureStream& stream) {
  (void)read_normals(stream, {}, {"test", 1, 1}, [](const Features&, std::int64_t) {});
}

TEST(ReadNormals, RefusesStreamsThatDoNotKeepTheirWord) {
  const Shape two{2, 3, 3, 4}, other{2, 3, 3, 5};
  EXPECT_NO_THROW(read(BrokenStream(4, {{two, 0}, {two, 2}})));
  EXPECT_THROW(read(BrokenStream(5, {{two, 0}, {two, 2}})), Error);    // too few
  EXPECT_THROW(read(BrokenStream(3, {{two, 0}, {two, 2}})), Error);    // too many
  EXPECT_THROW(read(BrokenStream(4, {{two, 0}, {two, 1}})), Error);    // out of order
  EXPECT_THROW(read(BrokenStream(4, {{two, 0}, {other, 2}})), Error);  // another shape
  EXPECT_THROW(read(BrokenStream(0, {})), Error);
}

TEST(ReadNormals, ReportsProgressToTheEnd) {
  std::int64_t last = 0;
  const FitContext context{0, RunContext({}, [&](const ProgressEvent& event) { last = event.done; })};
  const StoredFeatures stored(synthetic_features({"layer3"}, 7, 1), 3);
  const FeatureLayout layout = read_normals(stored, context, {"test", 1, 1}, [](const Features&, std::int64_t) {});
  EXPECT_EQ(last, 7);
  EXPECT_EQ(layout, (FeatureLayout{{4, 4, 20}}));
  EXPECT_EQ(layout_from_json(json_from_layout(layout), 1, "test"), layout);
}

TEST(GlobalAverage, IsTheMeanOverTheGrid) {
  const Tensor layer = Tensor::from({1, 1, 2, 2}, std::vector<float>{1, 10, 3, 30});
  const Tensor mean = global_average(layer);
  EXPECT_EQ(mean.shape(), (Shape{1, 2}));
  EXPECT_FLOAT_EQ(mean.data<float>()[0], 2);
  EXPECT_FLOAT_EQ(mean.data<float>()[1], 20);
}

TEST(LayerNames, MustBeDistinctAndNotEmpty) {
  EXPECT_NO_THROW(check_layer_names({"a", "b"}, "test"));
  EXPECT_THROW(check_layer_names({}, "test"), Error);
  EXPECT_THROW(check_layer_names({"a", "a"}, "test"), Error);
  EXPECT_THROW(check_layer_names({""}, "test"), Error);
}

}  // namespace
}  // namespace vigie
