#include "vigie/learn/loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "vigie/core/log.h"
#include "vigie/learn/checkpoint.h"
#include "vigie/learn/image_order.h"
#include "vigie/learn/initial_weights.h"
#include "vigie/nn/builder.h"

namespace vigie::learn {
namespace {

nn::Graph line_graph() {
  nn::GraphBuilder b;
  b.output("y", b.linear("line", b.batch_norm("norm", b.reshape(b.input(3), "3")), 2));
  return b.build();
}

/// Learns a linear map of seeded points, with noise drawn by torch in every step as some methods do.
class Toy : public Method {
 public:
  enum class Poison { Loss, Gradient };

  explicit Toy(double poison = 0, Poison kind = Poison::Loss)
      : module_({line_graph(), initial_weights(line_graph(), 5, Initial::Uniform)}, torch::kCPU),
        poison_(poison),
        kind_(kind) {}

  std::vector<std::pair<std::string, GraphModule*>> networks() override { return {{"line", &module_}}; }
  std::vector<OptimiserSpec> optimisers() override {
    return {{.parameters = module_.parameters(), .learning_rate = 0.05}};
  }
  Batch make_batch(const std::vector<std::int64_t>& images, std::uint64_t seed, bool training) const override {
    torch::Tensor x = torch::zeros({static_cast<std::int64_t>(images.size()), 3, 1, 1});
    for (std::size_t i = 0; i < images.size(); ++i) {
      Random point(static_cast<std::uint64_t>(images[i])), jitter(derive_seed(seed, "jitter"));
      for (int c = 0; c < 3; ++c)
        x[static_cast<std::int64_t>(i)][c] = point.normal() + (training ? 0.01 * jitter.normal() : 0);
    }
    return {images, {x}};
  }
  void step(const Batch& batch, Step& step) override {
    torch::Tensor loss = loss_of(batch) + 0.01 * torch::rand({}) * module_.parameters()[0].square().sum();
    if (poison_ > 0 && step.number() >= poison_) loss = poisoned(loss);
    step.minimise({0}, loss, "train");
    ++steps_taken;
    if (at_step && steps_taken == stop_after) at_step();
  }
  double validation_loss(const Batch& batch) override { return loss_of(batch).item<double>(); }
  nn::Network served() override { return module_.network(); }

  int steps_taken = 0;
  int stop_after = 0;
  std::function<void()> at_step;

 private:
  /// The root of 0 is 0, its slope is not a number.
  torch::Tensor poisoned(const torch::Tensor& loss) {
    if (kind_ == Poison::Loss) return loss * std::numeric_limits<float>::quiet_NaN();
    return loss + (0 * module_.parameters()[0]).sqrt().sum();
  }

  torch::Tensor loss_of(const Batch& batch) {
    const torch::Tensor x = batch.inputs[0].flatten(1);
    const torch::Tensor wanted = torch::stack({x.sum(1), x.select(1, 0) - 2 * x.select(1, 2)}, 1);
    return (module_(batch.inputs[0]) - wanted).square().mean();
  }
  GraphModule module_;
  double poison_;
  Poison kind_;
};

class LoopTest : public testing::Test {
 protected:
  void SetUp() override {
    set_log_level(LogLevel::Quiet);
    std::string pattern = (std::filesystem::temp_directory_path() / "vigie-learn-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  LoopSetup setup() const {
    LoopSetup setup{.name = "toy", .images = 40, .options = {}, .seed = 3, .run = "toy\n", .checkpoint = {}, .log = {}};
    setup.options.epochs = 12;
    setup.options.batch_size = 8;
    setup.options.schedule = "cosine";
    return setup;
  }
  std::filesystem::path file() const { return folder_ / "toy.checkpoint"; }

  std::filesystem::path folder_;
};

TrainingHistory learn(Toy& toy, const LoopSetup& setup, const RunContext& context) {
  return train(toy, setup, context).history;
}

bool same_bytes(const nn::Network& a, const nn::Network& b) {
  for (const auto& [name, weight] : a.weights)
    if (!std::ranges::equal(weight.values<float>(), b.weights.at(name).values<float>())) return false;
  return a.weights.size() == b.weights.size();
}

std::string message_of(ErrorKind kind, const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), kind) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

TEST_F(LoopTest, LearnsAndTheSameSeedGivesTheSameLossesAndWeights) {
  Toy a, b;
  const TrainingHistory first = learn(a, setup(), {});
  const TrainingHistory second = learn(b, setup(), {});
  EXPECT_EQ(first, second);
  EXPECT_TRUE(same_bytes(a.served(), b.served()));
  EXPECT_EQ(first.images, 36);
  EXPECT_EQ(first.validation, 4);
  EXPECT_LT(first.losses.at("validation").back().value, 0.2 * first.losses.at("validation").front().value);
}

TEST_F(LoopTest, ARunStoppedAnywhereAndResumedEqualsOneThatWasNot) {
  Toy whole;
  const TrainingHistory expected = learn(whole, setup(), {});
  for (const int stop_after : {1, 7, 30}) {
    std::filesystem::remove(file());
    LoopSetup half = setup();
    half.checkpoint = file();
    half.resume = true;
    std::stop_source source;
    Toy stopped;
    stopped.stop_after = stop_after;
    stopped.at_step = [&] { source.request_stop(); };
    (void)message_of(ErrorKind::Cancelled,
                     [&] { (void)learn(stopped, half, RunContext(source.get_token(), nullptr)); });
    EXPECT_EQ(stopped.steps_taken, stop_after);
    Toy resumed;
    EXPECT_EQ(learn(resumed, half, {}), expected);
    EXPECT_EQ(resumed.steps_taken, expected.steps - stop_after);
    EXPECT_TRUE(same_bytes(resumed.served(), whole.served()));
  }
}

TEST_F(LoopTest, StopsEarlyAndKeepsTheBestWeights) {
  LoopSetup eager = setup();
  eager.options.epochs = 2000;
  eager.options.patience = 3;
  eager.options.learning_rate = 0.05;
  eager.options.schedule = "constant";
  Toy toy;
  const TrainingHistory history = learn(toy, eager, {});
  EXPECT_TRUE(history.stopped_early);
  EXPECT_LT(history.best_step, history.steps);
  const auto& curve = history.losses.at("validation");
  const auto best = std::ranges::min_element(curve, {}, &LossPoint::value);
  EXPECT_EQ(best->step, history.best_step);
}

TEST_F(LoopTest, WhatIsNotFiniteStopsWithTheStepAndLeavesTheLastGoodCheckpoint) {
  LoopSetup poisoned = setup();
  poisoned.checkpoint = file();
  poisoned.checkpoint_seconds = 0;
  Toy loss(9), gradient(9, Toy::Poison::Gradient);
  for (Toy* bad : {&loss, &gradient}) {
    std::filesystem::remove(file());
    const std::string message = message_of(ErrorKind::Internal, [&] { (void)learn(*bad, poisoned, {}); });
    EXPECT_THAT(message, testing::AllOf(testing::HasSubstr("at step 9 of 48"), testing::HasSubstr(file().string())));
    const Checkpoint left = load_checkpoint(file(), "toy\n");
    EXPECT_EQ(left.step, 9);
    for (const auto& [name, weight] : left.values)
      for (const float x : weight.values<float>()) ASSERT_TRUE(std::isfinite(x)) << name;
  }
  poisoned.checkpoint_seconds = 1e6;
  std::filesystem::remove(file());
  Toy early(1);
  EXPECT_THAT(message_of(ErrorKind::Internal, [&] { (void)learn(early, poisoned, {}); }),
              testing::Not(testing::HasSubstr("last good state")));
}

/// One loss, plain descent, a rate for the weight and one for the bias.
class TwoRates : public Toy {
 public:
  explicit TwoRates(bool poisoned = false) : poisoned_(poisoned) {}
  std::vector<OptimiserSpec> optimisers() override {
    const auto plain = [&](const std::string& name, double rate) {
      return OptimiserSpec{
          .kind = OptimiserSpec::Kind::Sgd, .parameters = {value(name)}, .learning_rate = rate, .beta1 = 0};
    };
    return {plain("line.weight", 0.1), plain("line.bias", 0.01)};
  }
  void step(const Batch&, Step& step) override {
    const torch::Tensor bias = value("line.bias");
    step.minimise({0, 1}, value("line.weight").sum() + (poisoned_ ? (0 * bias).sqrt() : bias).sum(), "train");
  }
  double first(const std::string& name) { return served().weights.at(name).values<float>()[0]; }

 private:
  torch::Tensor value(const std::string& name) { return networks()[0].second->values().at(name); }
  bool poisoned_;  // the bias's slope is not a number
};

TEST_F(LoopTest, OneLossMovesSeveralOptimisersOrNone) {
  LoopSetup once = setup();
  once.options.steps = 1;
  once.validated = false;
  TwoRates toy;
  const double weight = toy.first("line.weight"), bias = toy.first("line.bias");
  (void)learn(toy, once, {});
  EXPECT_NEAR(toy.first("line.weight"), weight - 0.1, 1e-6);
  EXPECT_NEAR(toy.first("line.bias"), bias - 0.01, 1e-6);
  TwoRates poisoned(true);
  (void)message_of(ErrorKind::Internal, [&] { (void)learn(poisoned, once, {}); });
  EXPECT_EQ(poisoned.first("line.weight"), weight);
}

TEST_F(LoopTest, AStoppedTrainingIsNotOverwrittenUnlessItGoesOn) {
  LoopSetup mine = setup();
  mine.checkpoint = file();
  check_setup(mine);
  Toy toy;
  (void)learn(toy, mine, {});
  EXPECT_THAT(message_of(ErrorKind::InvalidArgument, [&] { check_setup(mine); }),
              testing::AllOf(testing::HasSubstr(file().string()), testing::HasSubstr("--resume")));
  mine.resume = true;
  check_setup(mine);
}

TEST_F(LoopTest, TheTimeOfEarlierRunsIsKnown) {
  LoopSetup mine = setup();
  mine.checkpoint = file();
  mine.resume = true;
  Toy first, second;
  EXPECT_EQ(train(first, mine, {}).earlier_seconds, 0);
  EXPECT_GT(train(second, mine, {}).earlier_seconds, 0);
  EXPECT_EQ(second.steps_taken, 0);
}

TEST_F(LoopTest, AMethodThatIsNotValidatedLearnsFromAllImagesAndKeepsItsLastWeights) {
  LoopSetup all = setup();
  all.validated = false;
  Toy toy;
  const TrainingHistory history = learn(toy, all, {});
  EXPECT_EQ(history.images, 40);
  EXPECT_EQ(history.validation, 0);
  EXPECT_EQ(history.best_step, history.steps);
  EXPECT_FALSE(history.losses.contains("validation"));
  all.validation_images = 5;  // kept for something else
  Toy fewer;
  EXPECT_EQ(learn(fewer, all, {}).images, 35);
}

TEST_F(LoopTest, ACheckpointWithWeightsOfAnotherTypeIsRefused) {
  LoopSetup mine = setup();
  mine.checkpoint = file();
  mine.resume = true;
  Toy toy;
  (void)learn(toy, mine, {});
  Checkpoint damaged = load_checkpoint(file(), "toy\n");
  Tensor& weight = damaged.values.at("line/line.weight");
  weight = Tensor::zeros(weight.shape(), DType::U8);
  save_checkpoint(file(), damaged);
  EXPECT_THAT(message_of(ErrorKind::BadFile, [&] { (void)learn(toy, mine, {}); }), testing::HasSubstr("line.weight"));
}

TEST_F(LoopTest, ACheckpointOfAnotherRunIsRefusedNamingWhatDiffers) {
  LoopSetup mine = setup();
  mine.checkpoint = file();
  mine.resume = true;
  Toy toy;
  (void)learn(toy, mine, {});
  LoopSetup other = mine;
  other.run = "fastflow\n";
  EXPECT_THAT(message_of(ErrorKind::BadFile, [&] { (void)learn(toy, other, {}); }),
              testing::AllOf(testing::HasSubstr("another run"), testing::HasSubstr("'fastflow'")));
  std::ofstream(file(), std::ios::trunc) << "rubbish";
  (void)message_of(ErrorKind::BadFile, [&] { (void)learn(toy, mine, {}); });
}

TEST_F(LoopTest, ACheckpointThatCannotBeWrittenDoesNotStopTheTraining) {
  LoopSetup nowhere = setup();
  nowhere.checkpoint = "/proc/vigie/no.checkpoint";
  Toy a, b;
  EXPECT_EQ(learn(a, nowhere, {}), learn(b, setup(), {}));
}

TEST_F(LoopTest, TooFewImagesAreRefusedWithTheirNumbers) {
  LoopSetup few = setup();
  few.images = 2;
  Toy toy;
  EXPECT_THAT(message_of(ErrorKind::InvalidArgument, [&] { (void)learn(toy, few, {}); }),
              testing::HasSubstr("2 good image(s), of which 1 would validate"));
}

TEST(ImageOrder, AnEpochShowsEveryImageOnceAndEpochsDiffer) {
  std::vector<std::int64_t> images{3, 5, 7, 9, 11, 13};
  ImageOrder order(images, 2, 1);
  EXPECT_EQ(order.batches_per_epoch(), 3);
  const auto epoch = [&](std::int64_t number) {
    std::vector<std::int64_t> all;
    for (std::int64_t step = 3 * number; step < 3 * number + 3; ++step)
      for (const std::int64_t i : order.batch(step)) all.push_back(i);
    return all;
  };
  const auto first = epoch(0);
  EXPECT_THAT(first, testing::UnorderedElementsAreArray(images));
  EXPECT_NE(first, epoch(1));
  EXPECT_EQ(first, epoch(0));
}

}  // namespace
}  // namespace vigie::learn
