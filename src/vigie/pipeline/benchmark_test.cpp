#include "vigie/pipeline/benchmark.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include "vigie/backbones/random_weights.h"
#include "vigie/io/safetensors.h"
#include "vigie/pipeline/test_parts.h"

namespace vigie {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Benchmark : public Pipeline {
 protected:
  void SetUp() override {
    Pipeline::SetUp();
    setenv("VIGIE_WEIGHTS", (root_ / "weights").c_str(), 1);
  }
  void TearDown() override {
    unsetenv("VIGIE_WEIGHTS");
    Pipeline::TearDown();
  }

  void write_weights(std::uint64_t seed) const {
    const nn::Network network = random_backbone("resnet18", {"layer1", "layer2", "layer3", "layer4", "pool"}, seed);
    write_safetensors(root_ / "weights" / "resnet18.safetensors", {network.weights, {}});
  }

  /// The lines announced.
  std::vector<std::string> run(bool allow_leakage = false) const {
    BenchmarkOptions wanted;
    wanted.allow_leakage = allow_leakage;
    wanted.data = {root_ / "part"};
    wanted.detectors = {"knn"};
    wanted.backbones = {"resnet18"};
    wanted.fit = options("knn");
    wanted.reports = false;
    std::vector<std::string> lines;
    (void)run_benchmark(wanted, root_ / "out", {}, [&](const std::string& line) { lines.push_back(line); });
    return lines;
  }
};

TEST_F(Benchmark, ARecordIsTakenAgainUnlessTheWeightsBehindTheNameAreOthers) {
  write_weights(1);
  EXPECT_THAT(run(), ElementsAre(Not(HasSubstr("earlier run"))));
  EXPECT_THAT(run(), ElementsAre(HasSubstr("earlier run")));
  write_weights(2);
  EXPECT_THAT(run(), ElementsAre(Not(HasSubstr("earlier run"))));
}

TEST_F(Benchmark, ARecordWithLeakageAllowedIsAnotherRun) {
  write_weights(1);
  run();
  EXPECT_THAT(run(true), ElementsAre(Not(HasSubstr("earlier run"))));
  EXPECT_THAT(run(true), ElementsAre(HasSubstr("earlier run")));
}

}  // namespace
}  // namespace vigie
