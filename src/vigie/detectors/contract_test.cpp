// What every detector of the table must do, whatever its method.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <thread>

#include "vigie/core/log.h"
#include "vigie/core/threads.h"
#include "vigie/detectors/synthetic_features.h"

namespace vigie {
namespace {

constexpr std::int64_t kNormals = 24;

ErrorKind kind_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& e) {
    return e.kind();
  }
  return ErrorKind::Internal;
}

void expect_equal(const std::vector<RawResult>& a, const std::vector<RawResult>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].score, b[i].score);
    ASSERT_EQ(a[i].map.shape(), b[i].map.shape());
    if (a[i].map.empty()) continue;
    EXPECT_TRUE(std::ranges::equal(a[i].map.values<float>(), b[i].map.values<float>()));
  }
}

void expect_same_bytes(const DetectorState& a, const DetectorState& b) {
  EXPECT_EQ(a.facts, b.facts);
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (const auto& [name, tensor] : a.tensors) {
    ASSERT_TRUE(b.tensors.contains(name));
    const Tensor& other = b.tensors.at(name);
    ASSERT_EQ(tensor.shape(), other.shape());
    EXPECT_EQ(std::memcmp(tensor.raw(), other.raw(), tensor.bytes()), 0) << name;
  }
}

class DetectorContract : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { set_log_level(LogLevel::Quiet); }  // SPADE warns that 50 neighbours are more than the normals

  const DetectorInfo& info() const { return detector_info(GetParam()); }
  std::unique_ptr<Detector> fresh() const { return info().create(nlohmann::json::object()); }
  StoredFeatures normals(std::int64_t batch = 5) const {
    return {synthetic_features(fresh()->layers(), kNormals, 1), batch};
  }
  Features unseen(std::int64_t count) const { return synthetic_features(fresh()->layers(), count, 2); }
  Features defective(std::int64_t count) const { return synthetic_features(fresh()->layers(), count, 3, true); }
  std::unique_ptr<Detector> fitted() const {
    auto detector = fresh();
    detector->fit(normals(), {});
    return detector;
  }
};

TEST_P(DetectorContract, GivesOneResultPerImageAndAMapAtTheFirstLayersGrid) {
  const auto detector = fitted();
  const Features features = unseen(3);
  const auto results = detector->predict(features);
  ASSERT_EQ(results.size(), 3u);
  for (const RawResult& result : results) {
    EXPECT_TRUE(std::isfinite(result.score));
    EXPECT_EQ(result.map.shape(), info().has_map ? (Shape{features[0].dim(1), features[0].dim(2)}) : Shape{});
  }
}

TEST_P(DetectorContract, ScoresEveryDefectHigherThanEveryUnseenNormal) {
  const auto detector = fitted();
  float worst_normal = 0, best_defect = std::numeric_limits<float>::infinity();
  for (const RawResult& result : detector->predict(unseen(10))) worst_normal = std::max(worst_normal, result.score);
  for (const RawResult& result : detector->predict(defective(10))) best_defect = std::min(best_defect, result.score);
  EXPECT_GT(best_defect, 1.2F * worst_normal);
}

TEST_P(DetectorContract, TheMapPointsAtTheDefectToWithinACellAndIsEmptyWithoutOne) {
  for (const RawResult& result : fitted()->predict(defective(5))) {
    ASSERT_EQ(result.map.empty(), !info().has_map);
    if (!info().has_map) continue;
    const auto values = std::as_const(result.map).values<float>();
    const auto peak = std::ranges::max_element(values) - values.begin();
    const std::int64_t side = result.map.dim(1), first = 4 * side / 16 - 1, last = 7 * side / 16 + 1;
    const std::int64_t y = peak / side, x = peak % side;
    EXPECT_TRUE(y >= first && y <= last && x >= first && x <= last) << "peak at " << y << ", " << x;
  }
}

TEST_P(DetectorContract, AStateRoundTripGivesIdenticalPredictions) {
  const auto detector = fitted();
  const auto copy = fresh();
  copy->set_state(detector->state());
  expect_equal(detector->predict(unseen(2)), copy->predict(unseen(2)));
  expect_same_bytes(detector->state(), copy->state());
}

TEST_P(DetectorContract, TheSameSeedGivesTheSameStateToTheByteForAnyBatchSizeAndThreadBudget) {
  const auto fit = [&](std::int64_t batch, int threads) {
    const int before = thread_budget();
    set_thread_budget(threads);
    const auto detector = fresh();
    detector->fit(normals(batch), {.seed = 7, .run = {}});
    set_thread_budget(before);
    return detector->state();
  };
  const DetectorState reference = fit(5, 1);
  expect_same_bytes(reference, fit(5, 1));
  expect_same_bytes(reference, fit(5, 4));
  if (GetParam() != "subspace") expect_same_bytes(reference, fit(8, 2));  // subspace shifts by the first batch's mean
}

TEST_P(DetectorContract, EightThreadsAtOnceGiveWhatOneGives) {
  const auto detector = fitted();
  const Features features = defective(2);
  const auto expected = detector->predict(features);
  std::vector<std::vector<RawResult>> results(8);
  std::vector<std::thread> threads;
  for (auto& result : results) threads.emplace_back([&] { result = detector->predict(features); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& result : results) expect_equal(expected, result);
}

TEST_P(DetectorContract, ABatchGivesWhatItsImagesGiveAlone) {
  const auto detector = fitted();
  const StoredFeatures stored(defective(3), 1);
  const auto together = detector->predict(stored.all());
  for (std::int64_t i = 0; i < 3; ++i) {
    const auto alone = detector->predict(stored.images(i, i + 1));
    EXPECT_NEAR(alone[0].score, together[i].score, 1e-5 * together[i].score);
  }
}

TEST_P(DetectorContract, RefusesFeaturesThatDoNotFit) {
  const auto detector = fitted();
  const auto refused = [&](const Features& features) {
    return kind_of([&] { (void)detector->predict(features); }) == ErrorKind::InvalidArgument;
  };
  Features wider = unseen(1), fewer = unseen(1), poisoned = unseen(1);
  const Tensor& layer = wider[0];
  wider[0] = Tensor::zeros({1, layer.dim(1), layer.dim(2), layer.dim(3) + 1});
  fewer.pop_back();
  poisoned.back() = poisoned.back().clone();
  poisoned.back().data<float>()[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(refused(wider));
  EXPECT_TRUE(refused(fewer));
  EXPECT_TRUE(refused(poisoned));
  EXPECT_EQ(kind_of([&] { (void)fresh()->predict(unseen(1)); }), ErrorKind::InvalidArgument);
  EXPECT_EQ(kind_of([&] { (void)fresh()->state(); }), ErrorKind::InvalidArgument);
  EXPECT_EQ(kind_of([&] { fresh()->fit(StoredFeatures({Tensor({0, 1, 1, 1})}, 1), {}); }), ErrorKind::InvalidArgument);
}

TEST_P(DetectorContract, AStopRequestStopsTheFit) {
  std::stop_source source;
  source.request_stop();
  const FitContext context{0, RunContext(source.get_token(), nullptr)};
  EXPECT_EQ(kind_of([&] { fresh()->fit(normals(), context); }), ErrorKind::Cancelled);
}

TEST_P(DetectorContract, RefusesADamagedState) {
  const DetectorState good = fitted()->state();
  const auto refused = [&](const DetectorState& state) {
    return kind_of([&] { fresh()->set_state(state); }) == ErrorKind::BadFile;
  };
  for (const auto& [name, tensor] : good.tensors) {
    DetectorState missing = good, flat = good, retyped = good, cut = good, poisoned = good;
    missing.tensors.erase(name);
    Shape longer = tensor.shape();
    longer.insert(longer.begin(), 1);
    flat.tensors[name] = tensor.reshaped(longer);
    retyped.tensors[name] = Tensor::zeros(tensor.shape(), DType::U8);
    cut.tensors[name] = tensor.rows(0, 0);
    EXPECT_TRUE(refused(missing) && refused(flat) && refused(retyped) && refused(cut)) << name;
    if (tensor.dtype() != DType::F32) continue;
    poisoned.tensors[name] = tensor.clone();
    poisoned.tensors[name].data<float>()[0] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(refused(poisoned)) << name;
  }
  for (const char* layout : {"null", "[]", "7", "[[1,1,-3]]", "[[1,1]]", R"([["a",1,1]])"}) {
    DetectorState bad = good;
    bad.facts["layout"] = nlohmann::json::parse(layout);
    EXPECT_TRUE(refused(bad)) << layout;
  }
  EXPECT_TRUE(refused({}));
}

TEST_P(DetectorContract, DescribesItselfAndRefusesUnknownOptions) {
  EXPECT_FALSE(info().title.empty() || info().summary.empty() || info().paper.empty());
  EXPECT_THAT(info().default_image_score, testing::AnyOf("map_max", "detector"));
  EXPECT_TRUE(info().has_map || info().default_image_score == "detector");
  const OptionList options = info().options();
  EXPECT_FALSE(options.fields().empty());
  for (const OptionField& field : options.fields()) EXPECT_FALSE(field.doc.empty()) << field.key;
  EXPECT_NO_THROW((void)info().create(options.to_json()));
  EXPECT_THROW((void)info().create({{"no_such_option", 1}}), Error);
}

std::vector<std::string> detector_names() {
  std::vector<std::string> names;
  for (const DetectorInfo& each : detectors()) names.push_back(each.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Table, DetectorContract, testing::ValuesIn(detector_names()),
                         [](const auto& each) { return each.param; });

TEST(DetectorTable, AnUnknownNameIsRefusedWithTheNearest) {
  try {
    (void)detector_info("patchcoer");
    FAIL() << "accepted";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::NotFound);
    EXPECT_THAT(e.what(), testing::HasSubstr("did you mean 'patchcore'?"));
  }
}

}  // namespace
}  // namespace vigie
