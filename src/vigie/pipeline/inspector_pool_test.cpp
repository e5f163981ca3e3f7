#include "vigie/pipeline/inspector_pool.h"

#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <set>

#include "vigie/core/log.h"
#include "vigie/core/threads.h"
#include "vigie/pipeline/test_parts.h"

namespace vigie {
namespace {

using testing::Each;
using testing::HasSubstr;

/// Two models of different thresholds, so that an answer shows which of them gave it.
class Pool : public Pipeline {
 protected:
  void SetUp() override {
    Pipeline::SetUp();
    Model model = fit_model(dataset_, options("padim"), {}).model;
    first_ = {std::make_shared<const Inspector>(model), "first"};
    model.stage().calibration = at_threshold(model.stage().calibration, model.stage().calibration.image_threshold * 2);
    second_ = {std::make_shared<const Inspector>(model), "second"};
    for (const Sample& sample : dataset_.test()) {
      images_.push_back(read_image(sample.image));
      scores_.push_back(first_.inspector->inspect(images_.back()).score);
    }
  }

  PoolPart image(std::size_t i) const { return {fmt::format("{}", i), images_[i % images_.size()]}; }
  double score(std::size_t i) const { return scores_[i % scores_.size()]; }
  static PoolPart bad() { return {"bad", Tensor({3})}; }

  ServedModel first_, second_;
  std::vector<Tensor> images_;
  std::vector<double> scores_;
};

/// Holds the pool's only replica in its first record until it is let go.
class Held {
 public:
  InspectionListeners::Listener listener() {
    return [this](const Inspection&) {
      reached_.count_down(reached_.try_wait() ? 0 : 1);
      go_.wait();
    };
  }
  void wait_until_held() { reached_.wait(); }
  void release() { go_.count_down(); }

 private:
  std::latch reached_{1}, go_{1};
};

/// What a part's future holds, as text: its model, or its error.
std::string outcome(std::future<PoolAnswer>& answer) {
  try {
    return answer.get().record.model;
  } catch (const std::exception& error) {
    return error.what();
  }
}

TEST_F(Pool, AnswersAsTheInspectorDoes) {
  InspectorPool pool(first_, {.replicas = 2});
  auto from_file = pool.submit({"file", dataset_.test().front().image});
  auto from_pixels = pool.submit(image(0));
  const PoolAnswer file = from_file.get(), pixels = from_pixels.get();
  EXPECT_EQ(file.record.score, score(0));
  EXPECT_EQ(pixels.record.score, score(0));
  EXPECT_EQ(pixels.verdict.score, score(0));
  EXPECT_EQ(file.record.part, "file");
  EXPECT_EQ(file.record.model, "first");
  EXPECT_EQ(file.record.number, 1);
  EXPECT_EQ(pixels.record.number, 2);
  EXPECT_EQ(file.record.threshold, first_.inspector->model().stage().calibration.image_threshold);
  EXPECT_EQ(file.record.error, "");
  EXPECT_GT(file.record.reading, 0);
  EXPECT_EQ(pixels.record.reading, 0);
  EXPECT_GT(file.record.times.total(), 0);
  EXPECT_EQ(file.inspector, first_.inspector);
}

TEST_F(Pool, AFullQueueRefusesOrWaitsAndNothingAcceptedIsLost) {
  Held held;
  InspectorPool pool(first_, {.queue = 2}, {held.listener()});
  auto in_work = pool.submit(image(0));
  held.wait_until_held();
  auto waiting = pool.submit(image(1)), last = pool.submit(image(2));
  EXPECT_EQ(pool.waiting(), 2u);
  EXPECT_FALSE(pool.try_submit(image(3)).has_value());
  std::future<PoolAnswer> late;
  std::atomic<bool> accepted = false;
  std::jthread submitter([&] {
    late = pool.submit(image(4));
    accepted = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(accepted);
  held.release();
  submitter.join();
  EXPECT_EQ(in_work.get().record.number, 1);
  EXPECT_EQ(waiting.get().record.number, 2);
  EXPECT_EQ(last.get().record.number, 3);
  EXPECT_EQ(late.get().record.number, 4);  // the one refused had no number
}

TEST_F(Pool, ClosingWhileFullAnswersTheAcceptedAndRefusesTheWaiting) {
  for (int round = 0; round < 20; ++round) {
    Held held;
    InspectorPool pool(first_, {.queue = 1}, {held.listener()});
    auto in_work = pool.submit(image(0));
    held.wait_until_held();
    auto queued = pool.submit(image(1));
    std::atomic<int> refused = 0;
    std::vector<std::jthread> submitters;
    for (int i = 0; i < 3; ++i)
      submitters.emplace_back([&] {
        try {
          (void)pool.submit(image(2));
        } catch (const Error& error) {
          refused += error.kind() == ErrorKind::Cancelled ? 1 : 0;
        }
      });
    std::jthread closer([&] { pool.close(); });
    for (auto& submitter : submitters) submitter.join();  // returns: the pool is closed, though full and held
    EXPECT_EQ(refused, 3);
    EXPECT_FALSE(pool.try_submit(image(3)).has_value());
    held.release();
    closer.join();
    using namespace std::chrono_literals;
    EXPECT_EQ(in_work.wait_for(0s), std::future_status::ready);
    EXPECT_EQ(queued.wait_for(0s), std::future_status::ready);
    EXPECT_EQ(outcome(queued), "first");
  }
}

TEST_F(Pool, ADestroyedPoolHasAnsweredEverything) {
  std::vector<std::future<PoolAnswer>> answers;
  {
    InspectorPool pool(first_, {.replicas = 2});
    for (std::size_t i = 0; i < 20; ++i) answers.push_back(pool.submit(image(i)));
  }
  for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(answers[i].get().record.score, score(i));
}

TEST_F(Pool, ABadPartFailsAlone) {
  std::vector<Inspection> records;
  InspectorPool pool(first_, {.replicas = 2}, {[&](const Inspection& record) { records.push_back(record); }});
  std::vector<std::future<PoolAnswer>> good, bad_ones;
  for (std::size_t i = 0; i < 20; ++i) {
    good.push_back(pool.submit(image(i)));
    bad_ones.push_back(pool.submit(i % 2 == 0 ? bad() : PoolPart{"missing", root_ / "missing.png"}));
  }
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(good[i].get().record.score, score(i));
    EXPECT_THROW(bad_ones[i].get(), Error);
  }
  pool.close();
  ASSERT_EQ(records.size(), 40u);
  std::set<std::int64_t> numbers;
  for (const Inspection& record : records) {
    numbers.insert(record.number);
    const bool failed = record.part == "bad" || record.part == "missing";
    EXPECT_EQ(std::isnan(record.score), failed);
    EXPECT_EQ(record.error.empty(), !failed);
    if (record.part == "missing") {
      EXPECT_THAT(record.error, HasSubstr("missing.png"));
    }
  }
  EXPECT_EQ(numbers.size(), 40u);
  EXPECT_EQ(*numbers.rbegin(), 40);
}

TEST_F(Pool, AListenerThatThrowsLosesNoPartAndNoOtherListenersRecord) {
  std::vector<std::string> warnings;
  const auto log = std::make_shared<JobLog>([&](LogLevel, std::string_view text) { warnings.emplace_back(text); },
                                            LogLevel::Warning);
  const LogScope scope(log);
  int heard = 0;
  InspectorPool pool(first_, {.replicas = 2},
                     {[](const Inspection&) { fail(ErrorKind::Io, "listener", "full disk"); },
                      [](const Inspection&) { throw 1; }, [&](const Inspection&) { ++heard; }});
  std::vector<std::future<PoolAnswer>> answers;
  for (std::size_t i = 0; i < 10; ++i) answers.push_back(pool.submit(i == 5 ? bad() : image(i)));
  pool.close();
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(outcome(answers[i]) == "first", i != 5) << i;
  EXPECT_EQ(heard, 10);
  EXPECT_EQ(pool.missed_records(), 20);
  EXPECT_EQ(warnings.size(), 2u);  // once a listener
  EXPECT_THAT(warnings, Each(HasSubstr("misses a record")));
}

TEST_F(Pool, PartsAcceptedAfterAnExchangeAreAnsweredByTheNewModel) {
  InspectorPool pool(first_, {.replicas = 2});
  for (int round = 0; round < 20; ++round) {
    const ServedModel& now = round % 2 == 0 ? second_ : first_;
    auto before = pool.submit(image(0));
    pool.exchange(now);
    auto after = pool.submit(image(0));
    EXPECT_EQ(outcome(after), now.identity);
    EXPECT_THAT(outcome(before), testing::AnyOf("first", "second"));
  }
}

TEST_F(Pool, AnExchangedModelGoesWithItsLastPart) {
  InspectorPool pool(first_, {});
  (void)pool.submit(image(0)).get();
  const std::weak_ptr<const Inspector> old = first_.inspector;
  pool.exchange(second_);
  first_ = {};
  EXPECT_EQ(pool.model().identity, "second");
  (void)pool.submit(image(0)).get();  // the replica has put the part before aside
  EXPECT_TRUE(old.expired());
}

TEST_F(Pool, ManySubmittersAndExchangesUnderLoadKeepEveryPart) {
  constexpr std::size_t kThreads = 4, kParts = 60;
  for (int round = 0; round < 3; ++round) {
    std::map<std::string, int> emitted;
    std::atomic<int> wrong = 0, failed = 0;
    {
      InspectorPool pool(first_, {.replicas = 3, .threads = 1, .queue = 2},
                         {[&](const Inspection& record) { ++emitted[record.model]; }});
      std::jthread exchanger([&](const std::stop_token& stop) {
        for (int i = 0; !stop.stop_requested(); ++i) {
          pool.exchange(i % 2 == 0 ? second_ : first_);
          std::this_thread::sleep_for(std::chrono::microseconds(200));  // a loop without rest starves the replicas
        }
      });
      std::vector<std::jthread> submitters;
      for (std::size_t t = 0; t < kThreads; ++t)
        submitters.emplace_back([&, t] {
          for (std::size_t i = 0; i < kParts; ++i) {
            auto answer = i % 10 == 9 ? pool.submit(bad()) : pool.submit(image(t + i));
            try {
              const PoolAnswer got = answer.get();
              const ServedModel& model = got.record.model == "first" ? first_ : second_;
              const double threshold = model.inspector->model().stage().calibration.image_threshold;
              const bool whole = got.record.score == score(t + i) && got.record.threshold == threshold &&
                                 got.record.anomalous == (score(t + i) >= threshold) &&
                                 got.inspector == model.inspector;
              wrong += whole ? 0 : 1;
            } catch (const Error&) {
              ++failed;
            }
          }
        });
      for (auto& submitter : submitters) submitter.join();
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(failed, static_cast<int>(kThreads * kParts / 10));
    int all = 0;
    for (const auto& [model, count] : emitted) all += count;
    EXPECT_EQ(all, static_cast<int>(kThreads * kParts));
  }
}

TEST_F(Pool, ReplicasHaveTheirShareOfTheThreads) {
  set_thread_budget(5);
  std::set<int> shares;
  {
    InspectorPool pool(first_, {.replicas = 2}, {[&](const Inspection&) { shares.insert(thread_budget()); }});
    for (std::size_t i = 0; i < 40; ++i) (void)pool.submit(image(i));
  }
  {
    InspectorPool pool(first_, {.threads = 7}, {[&](const Inspection&) { shares.insert(thread_budget()); }});
    (void)pool.submit(image(0)).get();
  }
  set_thread_budget(0);
  EXPECT_THAT(shares, testing::IsSubsetOf({2, 3, 7}));
  EXPECT_EQ(shares.count(7), 1u);
}

TEST_F(Pool, RefusesOptionsOutOfRange) {
  EXPECT_THROW(InspectorPool(first_, {.replicas = 0}), Error);
  EXPECT_THROW(InspectorPool(first_, {.threads = -1}), Error);
  EXPECT_THROW(InspectorPool(first_, {.queue = 0}), Error);
  EXPECT_THROW(InspectorPool({}, {}), Error);
  InspectorPool pool(first_, {});
  EXPECT_THROW(pool.exchange({}), Error);
}

}  // namespace
}  // namespace vigie
