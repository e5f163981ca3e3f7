#include <chrono>
#include <iostream>

#include "vigie/backbones/random_weights.h"
#include "vigie/core/random.h"
#include "vigie/core/threads.h"
#include "vigie/decision/postprocess.h"
#include "vigie/demo/sample.h"
#include "vigie/detectors/patch_embedding.h"
#include "vigie/imaging/preprocess.h"
#include "works.h"

namespace vigie::bench {

namespace {

double seconds_of(const std::function<void()>& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Procedural parts as network input F32 [count 224 224 3]; part i is the same in every call.
Tensor draw_inputs(std::int64_t first, std::int64_t count) {
  const demo::Product& product = demo::all_products().front();
  Preprocess as_drawn;
  as_drawn.height = as_drawn.width = kSide;
  Tensor inputs({count, kSide, kSide, 3});
  parallel_for(count, [&](std::int64_t i) {
    const auto seed = static_cast<std::uint64_t>(first + i);
    const Tensor input = preprocess_image(demo::draw_image(product, "good", seed, kSide).image, as_drawn);
    std::ranges::copy(input.values<float>(), inputs.data<float>() + i * kSide * kSide * 3);
  });
  return inputs;
}

Engine random_engine(const std::string& backbone) {
  return engine_for(random_backbone(backbone, {"layer2", "layer3"}, 0), Precision::Int8, draw_inputs(0, 2 * kBatch));
}

/// `rows` patch vectors of as many parts as it takes, in random order, so that any beginning is a fair sample.
Tensor patch_pool(const Engine& engine, std::int64_t rows) {
  Tensor pool;
  std::vector<std::int64_t> places;
  std::int64_t filled = 0;
  for (std::int64_t first = 0; filled < rows; first += kBatch) {
    const Tensor batch = PatchEmbedding{}.embed(engine.run(draw_inputs(first, kBatch)));
    const std::int64_t dims = batch.dim(3), count = std::min(batch.count() / dims, rows - filled);
    if (pool.empty()) {
      pool = Tensor({rows, dims});
      places = Random(0).permutation(rows);
    }
    for (std::int64_t i = 0; i < count; ++i)
      std::copy_n(batch.data<float>() + i * dims, dims,
                  pool.data<float>() + places[static_cast<std::size_t>(filled + i)] * dims);
    filled += count;
  }
  return pool;
}

nlohmann::json predict_points(const std::string& backbone, std::int64_t most_rows) {
  const Engine engine = random_engine(backbone);
  const Tensor pool = patch_pool(engine, most_rows);
  const Tensor input = draw_inputs(1'000'000, 1);  // a part that is not in the pool
  nlohmann::json points = nlohmann::json::array();
  for (double wanted = 1000; wanted < 1.01 * static_cast<double>(most_rows); wanted *= std::sqrt(10)) {
    const std::int64_t rows = std::min(std::llround(wanted), static_cast<long long>(most_rows));
    const auto detector = patchcore_with(pool.rows(0, rows).clone(), engine, input);
    const auto predict = [&] {
      const std::vector<RawResult> raw = detector->predict(engine.run(input));
      (void)input_map(raw.front().map, kSide, kSide, 4);
    };
    predict();
    std::vector<double> seconds;
    for (int i = 0; i < 9; ++i) seconds.push_back(seconds_of(predict));
    std::ranges::nth_element(seconds, seconds.begin() + 4);
    points.push_back({rows, seconds[4] * 1e3});
    std::cerr << backbone << " " << rows << " rows: " << seconds[4] * 1e3 << " ms\n";
  }
  return points;
}

/// Features computed beforehand, since several fits read them.
class KeptStream : public FeatureStream {
 public:
  KeptStream(const std::vector<Features>& batches, std::int64_t images) : batches_(batches), images_(images) {}
  std::int64_t image_count() const override { return images_; }
  ClassLabel label(std::int64_t) const override { return kGood; }
  void for_each(const std::function<void(const Features&, std::int64_t first)>& visit) const override {
    for (std::int64_t first = 0; first < images_; first += kBatch) {
      Features batch = batches_[static_cast<std::size_t>(first / kBatch)];
      for (Tensor& layer : batch) layer = layer.rows(0, std::min(kBatch, images_ - first));
      visit(batch, first);
    }
  }

 private:
  const std::vector<Features>& batches_;
  std::int64_t images_;
};

constexpr std::int64_t kFitImages[] = {50, 100, 200, 400, 800, 1200, 2000};
constexpr double kLongestFit = 60;  // seconds; a point that would take longer is left out

nlohmann::json fit_points(const std::vector<Features>& batches, double seconds_per_image, double ratio) {
  nlohmann::json points = nlohmann::json::array();
  double last = 0, last_images = 1;
  for (const std::int64_t images : kFitImages) {
    const double growth = static_cast<double>(images) / last_images;
    if (last * growth * growth > kLongestFit) break;
    const auto detector = detector_info("patchcore").create({{"coreset_ratio", ratio}});
    last = seconds_of([&] { detector->fit(KeptStream(batches, images), {}); });
    last_images = static_cast<double>(images);
    points.push_back({images, last + seconds_per_image * last_images});
    std::cerr << ratio << " of the patches of " << images << " images: " << last << " s\n";
  }
  return points;
}

}  // namespace

void print_predict_growth() {
  const nlohmann::json points = {{"384", predict_points("resnet18", 1'000'000)},
                                 {"1536", predict_points("wide_resnet50_2", 100'000)}};
  std::cout << points.dump() << std::endl;
}

void print_fit_growth() {
  const Engine engine = random_engine("resnet18");
  std::vector<Features> batches;
  double seconds = 0;
  const std::int64_t images = kFitImages[std::size(kFitImages) - 1];
  for (std::int64_t first = 0; first < images; first += kBatch) {
    const Tensor inputs = draw_inputs(first, kBatch);
    seconds += seconds_of([&] { batches.push_back(engine.run(inputs)); });
  }
  const double per_image = seconds / static_cast<double>(images);
  const nlohmann::json points = {{"0.01", fit_points(batches, per_image, 0.01)},
                                 {"0.1", fit_points(batches, per_image, 0.1)}};
  std::cout << points.dump() << std::endl;
}

}  // namespace vigie::bench
