// How well thresholds from few parts decide: for every draw of n good photographs, the score of each part that the
// thresholds come from and of every test part, one JSON line a run. Features are computed once a photograph.
//   vigie_thresholds DATA BACKBONE DETECTORS COUNTS SEEDS [CORESET_RATIO [JUDGE_PREVIOUS]]
//   vigie_thresholds bottle resnet18 patchcore,padim 20,40,all 0,1,2,3,4 0.05 > runs.jsonl
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <numeric>
#include <sstream>

#include "previous_rule.h"
#include "vigie/backbones/backbone.h"
#include "vigie/backbones/weights.h"
#include "vigie/core/error.h"
#include "vigie/core/random.h"
#include "vigie/data/near_duplicates.h"
#include "vigie/imaging/value_range.h"
#include "vigie/pipeline/fit_detector.h"
#include "vigie/pipeline/fit_thresholds.h"

namespace vigie::bench {
namespace {

using Indices = std::vector<std::int64_t>;

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::stringstream stream(text);
  for (std::string word; std::getline(stream, word, ',');) words.push_back(word);
  return words;
}

/// A product on a backbone: every photograph's features, for one list of layers.
struct Product {
  Product(const Dataset& data, nn::Network network, const RunContext& context)
      : dataset(data),
        engine(network),
        train(dataset.normals(), Preprocess(), {}, engine, context),
        test(dataset.test(), Preprocess(), {}, engine, context) {}
  Dataset dataset;
  Engine engine;
  FeaturePool train, test;
};

struct Judged {
  std::vector<double> scores, maxima;
};

Judged judge(const Model& model, const FeaturePool& pool, const Indices& images) {
  const auto detector = detector_info(model.detector).create(model.detector_options);
  detector->set_state(model.state);
  Judged out;
  pool.visit(images, [&](const Features& features, std::int64_t) {
    for (const RawResult& raw : detector->predict(features)) {
      const Evidence found = evidence_from(raw, model.preprocess.height, model.preprocess.width, model.postprocess);
      out.scores.push_back(found.score);
      if (!found.map.empty()) out.maxima.push_back(value_range(found.map).high);
    }
  });
  return out;
}

Model model_of(const std::string& detector, double coreset_ratio) {
  Model model;
  const DetectorInfo& info = detector_info(detector);
  model.detector = detector;
  model.detector_options = info.options().to_json();
  if (detector == "patchcore") model.detector_options["coreset_ratio"] = coreset_ratio;
  model.postprocess.image_score = info.default_image_score;
  return model;
}

Indices drawn(std::int64_t all, std::int64_t count, std::uint64_t seed) {
  const auto order = Random(derive_seed(seed, "draw")).permutation(all);
  Indices chosen(order.begin(), order.begin() + std::min(all, count));
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

/// A pool's photographs seen as a list of their own.
class Draw {
 public:
  Draw(const Product& product, const Indices& images) : product_(product), images_(images) {
    for (const std::int64_t image : images)
      samples_.push_back(product.dataset.normals()[static_cast<std::size_t>(image)]);
  }
  std::span<const Sample> samples() const { return samples_; }
  Indices in_pool(const Indices& places) const {
    Indices out;
    for (const std::int64_t place : places) out.push_back(images_[static_cast<std::size_t>(place)]);
    return out;
  }
  const Product& product() const { return product_; }

 private:
  const Product& product_;
  const Indices& images_;
  std::vector<Sample> samples_;
};

Indices all_of(std::int64_t count) {
  Indices all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

/// The rule before cross-fitting: a fifth is held out, and few scores are extrapolated by an exponential tail.
double previous_threshold(Model model, const Draw& draw, std::uint64_t seed, Judged* test) {
  const Split split = split_normals(draw.samples(), 0.2, derive_seed(seed, "split"));
  Indices fit, held_out;
  for (std::size_t i = 0; i < draw.samples().size(); ++i) {
    const auto is_same = [&](const Sample& sample) { return sample.image == draw.samples()[i].image; };
    (std::any_of(split.fit.begin(), split.fit.end(), is_same) ? fit : held_out).push_back(static_cast<std::int64_t>(i));
  }
  const FeaturePool& pool = draw.product().train;
  fit_detector(model, FeatureSubset(pool, draw.in_pool(fit)), nullptr, seed, {});
  if (test != nullptr) *test = judge(model, draw.product().test, all_of(draw.product().test.image_count()));
  return previous_rule(judge(model, pool, draw.in_pool(held_out)).scores, 0.01);
}

/// What all runs share.
struct Setting {
  double coreset_ratio = 0.05;  ///< of patchcore
  bool judge_previous = true;   ///< the test parts by the previous rule's detector too
};

void run(const Product& product, const std::string& backbone, const std::string& detector, std::int64_t count,
         std::uint64_t seed, const Setting& setting) {
  const Indices chosen = drawn(product.train.image_count(), count, seed);
  const Draw draw(product, chosen);
  Model model = model_of(detector, setting.coreset_ratio);
  fit_detector(model, FeatureSubset(product.train, chosen), nullptr, seed, {});
  static std::map<std::pair<std::int64_t, std::uint64_t>, Indices> groups_of_draw;  // the same for every detector
  const auto [entry, fresh] = groups_of_draw.try_emplace({count, seed});
  if (fresh) entry->second = groups_of_near_duplicates(draw.samples(), {}, {});
  const Indices& groups = entry->second;
  const FeaturePool& pool = product.train;
  const HonestScores honest = cross_fit({.model = model,
                                         .samples = draw.samples(),
                                         .features = pool,
                                         .places = chosen,
                                         .engine = product.engine,
                                         .groups = groups,
                                         .reading = {},
                                         .seed = seed,
                                         .tried_parts = 0},
                                        {});
  const Calibration calibration = calibration_from(honest, groups, 0.01);
  const Judged test = judge(model, product.test, all_of(product.test.image_count()));
  Judged previous_test;
  const double previous = previous_threshold(model, draw, seed, setting.judge_previous ? &previous_test : nullptr);
  nlohmann::json line = {{"product", product.dataset.name},
                         {"backbone", backbone},
                         {"detector", detector},
                         {"n", count},
                         {"images", chosen.size()},
                         {"parts", group_count(groups)},
                         {"seed", seed},
                         {"threshold", calibration.image_threshold},
                         {"pixel_threshold", calibration.pixel_threshold},
                         {"honest", honest.scores},
                         {"test", test.scores},
                         {"test_maxima", test.maxima},
                         {"previous_threshold", previous},
                         {"previous_test", previous_test.scores}};
  line["defective"] = nlohmann::json::array();
  for (const Sample& sample : product.dataset.test()) line["defective"].push_back(sample.is_defect() ? 1 : 0);
  fmt::print("{}\n", line.dump());
  std::fflush(stdout);
}

int study(const std::vector<std::string>& arguments) {
  const Dataset dataset = read_dataset(arguments.at(0));
  const std::string& backbone = arguments.at(1);
  Setting setting;
  if (arguments.size() > 5) setting.coreset_ratio = std::stod(arguments[5]);
  if (arguments.size() > 6) setting.judge_previous = arguments[6] != "0";
  const RunContext context;
  for (const std::string& detector : words_of(arguments.at(2))) {
    const Model model = model_of(detector, setting.coreset_ratio);
    const auto layers = detector_info(detector).create(model.detector_options)->layers();
    const Product product(dataset, nn::fold_batch_norms(load_backbone(backbone, layers).network), context);
    for (const std::string& count : words_of(arguments.at(3)))
      for (const std::string& seed : words_of(arguments.at(4)))
        run(product, backbone, detector, count == "all" ? product.train.image_count() : std::stoll(count),
            std::stoull(seed), setting);
  }
  return 0;
}

}  // namespace
}  // namespace vigie::bench

int main(int argc, char** argv) {
  if (argc < 6) {
    fmt::print(stderr,
               "usage: vigie_thresholds DATA BACKBONE DETECTORS COUNTS SEEDS [CORESET_RATIO [JUDGE_PREVIOUS]]\n");
    return 2;
  }
  try {
    return vigie::bench::study({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}
