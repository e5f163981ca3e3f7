#include "vigie/training/training_log.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace vigie {
namespace {

/// Writes down what it is told.
class Recorder : public TrainingLog {
 public:
  explicit Recorder(std::string& story) : story_(story) {}
  void params(const nlohmann::json& object) override { story_ += "params" + object.dump() + ";"; }
  void scalar(std::string_view name, std::int64_t step, double) override {
    story_ += "scalar " + std::string(name) + std::to_string(step) + ";";
  }
  void image(std::string_view, std::int64_t, const Tensor& rgb) override {
    story_ += "image" + to_string(rgb.shape()) + ";";
  }
  void histogram(std::string_view, std::int64_t, std::span<const float> values) override {
    story_ += "histogram" + std::to_string(values.size()) + ";";
  }
  void artefact(const std::filesystem::path& file) override { story_ += "artefact " + file.string() + ";"; }
  void finish(bool success) override { story_ += success ? "done." : "failed."; }

 private:
  std::string& story_;
};

void tell_all(TrainingLog& log) {
  log.params({{"a", 1}});
  log.scalar("loss", 3, 0.5);
  log.image("map", 3, Tensor::zeros({1, 2, 3}, DType::U8));
  log.histogram("weights", 3, std::vector<float>(4));
  log.artefact("model.vigie");
  log.finish(false);
}

TEST(TrainingLog, DoesNothingByDefault) {
  TrainingLog log;
  EXPECT_NO_THROW(tell_all(log));
}

TEST(TrainingLogs, TellEachOneEverything) {
  std::string first, second;
  TrainingLogs logs;
  logs.add(std::make_unique<Recorder>(first));
  logs.add(nullptr);
  logs.add(std::make_unique<Recorder>(second));
  tell_all(logs);
  EXPECT_EQ(first, "params{\"a\":1};scalar loss3;image[1 2 3];histogram4;artefact model.vigie;failed.");
  EXPECT_EQ(second, first);
}

}  // namespace
}  // namespace vigie
