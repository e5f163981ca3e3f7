// How well thresholds from few parts decide: for every draw of n good photographs, the score of each part that the
// thresholds come from and of every test part, one JSON line a run. Features are computed once a photograph.
//   vigie_thresholds DATA BACKBONE DETECTORS COUNTS SEEDS [coreset_ratio=0.05] [previous=1] [test_every=1]
//   vigie_thresholds bottle resnet18 patchcore,padim 20,40,all 0,1,2,3,4 coreset_ratio=0.01 > runs.jsonl
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
  Product(Dataset data, nn::Network network, const RunContext& context)
      : dataset(std::move(data)),
        engine(std::move(network)),
        train(dataset.normals(), Preprocess(), {}, engine, context),
        test(dataset.test(), Preprocess(), {}, engine, context) {}
  Dataset dataset;
  Engine engine;
  FeaturePool train, test;
};

struct Judged {
  std::vector<double> scores, maxima;
};

Judged judge(const Stage& stage, const FeaturePool& pool, const Indices& images) {
  const auto detector = detector_info(stage.detector).create(stage.detector_options);
  detector->set_state(stage.state);
  Judged out;
  pool.visit(images, [&](const Features& features, std::int64_t) {
    for (const RawResult& raw : detector->predict(features)) {
      const Evidence found = evidence_from(raw, stage.preprocess.height, stage.preprocess.width, stage.postprocess);
      out.scores.push_back(found.score);
      if (!found.map.empty()) out.maxima.push_back(value_range(found.map).high);
    }
  });
  return out;
}

Stage stage_of(const std::string& detector, double coreset_ratio) {
  Stage stage;
  const DetectorInfo& info = detector_info(detector);
  stage.detector = detector;
  stage.detector_options = info.options().to_json();
  if (detector == "patchcore") stage.detector_options["coreset_ratio"] = coreset_ratio;
  stage.postprocess.image_score = info.default_image_score;
  return stage;
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
double previous_threshold(Stage stage, const Draw& draw, std::uint64_t seed, Judged* test) {
  const Split split = split_normals(draw.samples(), 0.2, derive_seed(seed, "split"));
  Indices fit, held_out;
  for (std::size_t i = 0; i < draw.samples().size(); ++i) {
    const auto is_same = [&](const Sample& sample) { return sample.image == draw.samples()[i].image; };
    (std::any_of(split.fit.begin(), split.fit.end(), is_same) ? fit : held_out).push_back(static_cast<std::int64_t>(i));
  }
  const FeaturePool& pool = draw.product().train;
  fit_detector(stage, FeatureSubset(pool, draw.in_pool(fit)), nullptr, seed, {});
  if (test != nullptr) *test = judge(stage, draw.product().test, all_of(draw.product().test.image_count()));
  return previous_rule(judge(stage, pool, draw.in_pool(held_out)).scores, 0.01);
}

/// What all runs share.
struct Setting {
  double coreset_ratio = 0.05;  ///< of patchcore
  bool judge_previous = true;   ///< the test parts by the previous rule's detector too
  std::size_t test_every = 1;   ///< only every so many test parts, where a detector is slow
};

Setting setting_of(const std::vector<std::string>& words) {
  Setting setting;
  for (const std::string& word : words) {
    const std::string key = word.substr(0, word.find('=')), value = word.substr(word.find('=') + 1);
    if (key == "coreset_ratio")
      setting.coreset_ratio = std::stod(value);
    else if (key == "previous")
      setting.judge_previous = value != "0";
    else if (key == "test_every")
      setting.test_every = std::stoul(value);
    else
      throw Error(ErrorKind::InvalidArgument, "study", fmt::format("no setting '{}'", word));
  }
  return setting;
}

/// Leaves only every so many test parts.
void thin_test(std::size_t step, Dataset& dataset) {
  std::size_t test = 0;
  std::erase_if(dataset.samples, [&](const Sample& sample) { return sample.role == Role::Test && test++ % step != 0; });
  sort_samples(dataset);
}

/// The image threshold at other wanted rates.
nlohmann::json thresholds_by_rate(const HonestScores& honest, const Indices& groups) {
  nlohmann::json out;
  for (const double rate : {0.01, 0.02, 0.03, 0.05, 0.1})
    out[fmt::format("{}", rate)] = calibration_from(honest, groups, rate).image_threshold;
  return out;
}

void run(const Product& product, const std::string& backbone, const std::string& detector, std::int64_t count,
         std::uint64_t seed, const Setting& setting) {
  const Indices chosen = drawn(product.train.image_count(), count, seed);
  const Draw draw(product, chosen);
  Stage stage = stage_of(detector, setting.coreset_ratio);
  fit_detector(stage, FeatureSubset(product.train, chosen), nullptr, seed, {});
  static std::map<std::pair<std::int64_t, std::uint64_t>, Indices> groups_of_draw;  // the same for every detector
  const auto [entry, fresh] = groups_of_draw.try_emplace({count, seed});
  if (fresh) entry->second = groups_of_near_duplicates(draw.samples(), {}, {});
  const Indices& groups = entry->second;
  const FeaturePool& pool = product.train;
  const HonestScores honest = cross_fit({.stage = stage,
                                         .samples = draw.samples(),
                                         .features = pool,
                                         .places = chosen,
                                         .engine = product.engine,
                                         .groups = groups,
                                         .reading = {},
                                         .seed = seed,
                                         .tried_parts = 0},
                                        {});
  const Calibration calibration = calibration_from(honest, groups, kDefaultMaxFpr);
  const Judged test = judge(stage, product.test, all_of(product.test.image_count()));
  Judged previous_test;
  const double previous = previous_threshold(stage, draw, seed, setting.judge_previous ? &previous_test : nullptr);
  nlohmann::json line = {{"product", product.dataset.name},
                         {"backbone", backbone},
                         {"detector", detector},
                         {"n", count},
                         {"images", chosen.size()},
                         {"parts", group_count(groups)},
                         {"seed", seed},
                         {"threshold", calibration.image_threshold},
                         {"thresholds", thresholds_by_rate(honest, groups)},
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
  const std::string& backbone = arguments.at(1);
  const Setting setting = setting_of({arguments.begin() + 5, arguments.end()});
  Dataset dataset = read_dataset(arguments.at(0));
  thin_test(setting.test_every, dataset);
  const RunContext context;
  for (const std::string& detector : words_of(arguments.at(2))) {
    const Stage stage = stage_of(detector, setting.coreset_ratio);
    const auto layers = detector_info(detector).create(stage.detector_options)->layers();
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
               "usage: vigie_thresholds DATA BACKBONE DETECTORS COUNTS SEEDS [coreset_ratio=0.05] [previous=1] "
               "[test_every=1]\n");
    return 2;
  }
  try {
    return vigie::bench::study({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}
