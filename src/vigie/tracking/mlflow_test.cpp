#include "vigie/tracking/mlflow.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "vigie/io/file.h"
#include "vigie/tracking/test_mlflow_server.h"
#include "vigie/tracking/tracking_test_support.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing_tracking::log_of;
using testing_tracking::ScratchFolder;
using testing_tracking::TestMlflowServer;
using testing_tracking::warnings_in;

class Mlflow : public testing::Test {
 protected:
  std::unique_ptr<TrainingLog> log() const { return make_mlflow_log(server_.uri(), "screws & nuts", "run A"); }

  TestMlflowServer server_;
  ScratchFolder scratch_;
};

TEST_F(Mlflow, ARunGoesThroughItsCallsInOrder) {
  const auto run = log();
  run->params({{"rate", 0.5}, {"method", "fastflow"}});
  run->scalar("loss", 1, 2.5);
  run->scalar("loss", 2, 1.25);
  run->artefact(scratch_.write("model.vigie", "bytes"));
  run->finish(true);
  EXPECT_THAT(server_.calls(), ElementsAre("get-by-name", "create", "log-batch", "model.vigie", "log-batch", "update"));
  const auto requests = server_.requests();
  EXPECT_EQ(requests[0].body, "screws & nuts");
  EXPECT_EQ(requests[1].path, "/api/2.0/mlflow/runs/create");
  EXPECT_EQ(requests[1].json().at("experiment_id"), "7");
  EXPECT_EQ(requests[1].json().at("run_name"), "run A");
  EXPECT_GT(requests[1].json().at("start_time").get<std::int64_t>(), 1'600'000'000'000);
  EXPECT_EQ(requests[5].json().at("run_id"), "run1");
  EXPECT_EQ(requests[5].json().at("status"), "FINISHED");
  EXPECT_TRUE(requests[5].json().contains("end_time"));
}

TEST_F(Mlflow, ParamsAndMetricsArrive) {
  const auto run = log();
  run->params({{"rate", 0.5}, {"layers", {1, 2}}, {"method", "fastflow"}});
  run->scalar("loss/train", 3, 2.5);
  run->finish(true);
  EXPECT_EQ(server_.logged("params"), json::parse(R"([{"key": "layers", "value": "[1,2]"},
      {"key": "method", "value": "fastflow"}, {"key": "rate", "value": "0.5"}])"));
  const json metrics = server_.logged("metrics");
  ASSERT_EQ(metrics.size(), 1U);
  EXPECT_EQ(metrics[0].at("key"), "loss/train");
  EXPECT_EQ(metrics[0].at("step"), 3);
  EXPECT_EQ(metrics[0].at("value"), 2.5);
  EXPECT_GT(metrics[0].at("timestamp").get<std::int64_t>(), 1'600'000'000'000);
}

TEST_F(Mlflow, AnExperimentIsCreatedWhenMissing) {
  server_.knows_experiment = false;
  log()->finish(true);
  EXPECT_THAT(server_.calls(), ElementsAre("get-by-name", "create", "create", "update"));
  EXPECT_EQ(server_.requests()[1].json().at("name"), "screws & nuts");
  EXPECT_EQ(server_.requests()[2].json().at("experiment_id"), "8");
}

TEST_F(Mlflow, BatchesKeepToTheLimits) {
  json params = json::object();
  for (int i = 0; i < 250; ++i) params["p" + std::to_string(i)] = i;
  const auto run = log();
  run->params(params);
  for (int step = 0; step < 250; ++step) run->scalar("loss", step, step);
  run->finish(true);
  EXPECT_EQ(server_.logged("params").size(), 250U);
  EXPECT_EQ(server_.logged("metrics").size(), 250U);
  std::size_t batches = 0;
  for (const auto& request : server_.requests()) {
    if (!request.path.ends_with("log-batch")) continue;
    ++batches;
    EXPECT_LE(request.json().value("params", json::array()).size(), 100U);
    EXPECT_LE(request.json().value("metrics", json::array()).size(), 100U);
  }
  EXPECT_GE(batches, 6U);
  EXPECT_LE(batches, 8U);  // few, though a slow machine may add one for age
}

TEST_F(Mlflow, ABatchIsSentAfterASecond) {
  const auto run = log();
  run->scalar("loss", 1, 1);
  EXPECT_EQ(server_.logged("metrics").size(), 0U);
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  run->scalar("loss", 2, 1);
  EXPECT_EQ(server_.logged("metrics").size(), 2U);
}

TEST_F(Mlflow, ArtefactsEqualTheirFiles) {
  std::string bytes(3'000'001, '\0');  // more than one piece
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 >> 3);
  const auto run = log();
  run->artefact(scratch_.write("my model.vigie", bytes));
  run->artefact(scratch_.write("empty", ""));
  const auto requests = server_.requests();
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_EQ(requests[2].method, "PUT");
  EXPECT_EQ(requests[2].path, "/api/2.0/mlflow-artifacts/artifacts/7/run1/artifacts/my model.vigie");
  EXPECT_TRUE(requests[2].body == bytes);
  EXPECT_EQ(requests[3].body, "");
}

TEST_F(Mlflow, ArtefactsMayLieBehindAnotherServer) {
  const TestMlflowServer other;
  server_.artifact_uri = "mlflow-artifacts:" + other.uri().substr(5) + "/7/run1/artifacts";
  log()->artefact(scratch_.write("a.txt", "abc"));
  ASSERT_EQ(other.requests().size(), 1U);
  EXPECT_EQ(other.requests()[0].path, "/api/2.0/mlflow-artifacts/artifacts/7/run1/artifacts/a.txt");
  EXPECT_EQ(other.requests()[0].body, "abc");
}

TEST_F(Mlflow, ArtefactsOfALocalRunAreCopied) {
  for (const std::string start : {"file://", "file:", ""}) {
    server_.artifact_uri = start + (scratch_ / ("store" + start.substr(0, 4)) / "sub").string();
    log()->artefact(scratch_.write("a.txt", "abc" + start));
    EXPECT_EQ(read_file(scratch_ / ("store" + start.substr(0, 4)) / "sub" / "a.txt"), "abc" + start);
  }
}

TEST_F(Mlflow, AnArtefactThatCannotBeStoredIsOneWarningAndTheRunGoesOn) {
  server_.artifact_uri = "s3://bucket/7/run1";
  const std::string warnings = log_of([&] {
    const auto run = log();
    run->artefact(scratch_.write("a.txt", "abc"));
    run->artefact(scratch_.write("b.txt", "abc"));
    run->scalar("loss", 1, 1);
    run->finish(true);
  });
  EXPECT_EQ(warnings_in(warnings), 1) << warnings;
  EXPECT_THAT(warnings, HasSubstr("s3://bucket"));
  EXPECT_EQ(server_.calls().back(), "update");
  EXPECT_EQ(server_.logged("metrics").size(), 1U);
}

TEST_F(Mlflow, AMissingFileIsOneWarning) {
  const std::string warnings = log_of([&] { log()->artefact(scratch_ / "missing.txt"); });
  EXPECT_EQ(warnings_in(warnings), 1) << warnings;
  EXPECT_THAT(warnings, HasSubstr("missing.txt"));
}

TEST_F(Mlflow, NumbersThatAreNotFiniteAreLeftOutWithOneWarning) {
  const std::string warnings = log_of([&] {
    const auto run = log();
    run->scalar("loss", 4, NAN);
    run->scalar("loss", 5, INFINITY);
    run->scalar("loss", 6, 1);
    run->finish(true);
  });
  EXPECT_EQ(warnings_in(warnings), 1) << warnings;
  EXPECT_THAT(warnings, HasSubstr("loss is nan at step 4"));
  EXPECT_EQ(server_.logged("metrics").size(), 1U);
}

TEST_F(Mlflow, ARunThatFailedOrWasDroppedIsMarkedFailed) {
  log()->finish(false);
  EXPECT_EQ(server_.requests().back().json().at("status"), "FAILED");
  log();  // destroyed without finish()
  EXPECT_EQ(server_.calls(),
            (std::vector<std::string>{"get-by-name", "create", "update", "get-by-name", "create", "update"}));
  EXPECT_EQ(server_.requests().back().json().at("status"), "FAILED");
}

TEST_F(Mlflow, AServerThatDiesHalfwayIsOneWarning) {
  const std::string warnings = log_of([&] {
    const auto run = log();
    run->params({{"rate", 1}});
    server_.stop();
    for (int step = 0; step < 1000; ++step) run->scalar("loss", step, step);
    run->artefact(scratch_.write("a.txt", "abc"));
    run->finish(true);
  });
  EXPECT_EQ(warnings_in(warnings), 1) << warnings;
  EXPECT_THAT(warnings, testing::AllOf(HasSubstr(server_.uri()), HasSubstr("training goes on without it")));
}

TEST_F(Mlflow, AServerThatRefusesIsOneWarningWithItsReason) {
  server_.refused_path = "runs/log-batch";
  const std::string warnings = log_of([&] {
    const auto run = log();
    run->params({{"rate", 1}});
    run->scalar("loss", 1, 1);
    run->finish(true);
  });
  EXPECT_EQ(warnings_in(warnings), 1) << warnings;
  EXPECT_THAT(warnings, HasSubstr("status 500: not today"));
  EXPECT_THAT(server_.calls(), ElementsAre("get-by-name", "create", "log-batch"));
}

TEST_F(Mlflow, AServerOfAnotherKindIsOneWarning) {
  server_.refused_path = "get-by-name";
  server_.refused_status = 200;
  const std::string warnings = log_of([&] { log()->finish(true); });
  EXPECT_EQ(warnings_in(warnings), 1) << warnings;
  EXPECT_THAT(warnings, HasSubstr("is this an MLflow server?"));
}

}  // namespace
}  // namespace vigie
