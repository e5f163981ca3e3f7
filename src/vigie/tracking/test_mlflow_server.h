#pragma once

#include <httplib.h>

#include <chrono>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace vigie::testing_tracking {

/// Plays an MLflow server on a free port of this machine and writes down what it is asked.
class TestMlflowServer {
 public:
  struct Request {
    std::string method, path, body;
    nlohmann::json json() const { return nlohmann::json::parse(body); }
  };

  TestMlflowServer() {
    const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
    };
    server_.Get(".*", handler);
    server_.Post(".*", handler);
    server_.Put(".*", handler);
    server_.set_keep_alive_timeout(1);  // a stop waits for idle connections
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ~TestMlflowServer() { stop(); }
  TestMlflowServer(const TestMlflowServer&) = delete;
  TestMlflowServer& operator=(const TestMlflowServer&) = delete;

  void stop() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }
  std::string uri() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  /// The last part of each path, in order.
  std::vector<std::string> calls() const {
    std::vector<std::string> names;
    for (const Request& request : requests()) names.push_back(request.path.substr(request.path.rfind('/') + 1));
    return names;
  }
  /// All entries of "params" or "metrics" that were logged.
  nlohmann::json logged(const std::string& kind) const {
    nlohmann::json entries = nlohmann::json::array();
    for (const Request& request : requests()) {
      if (!request.path.ends_with("runs/log-batch")) continue;
      for (const auto& entry : request.json().value(kind, nlohmann::json::array())) entries.push_back(entry);
    }
    return entries;
  }

  // Set before the first request.
  bool knows_experiment = true;
  std::string artifact_uri = "mlflow-artifacts:/7/run1/artifacts";
  /// Path ending -> status to refuse it with.
  std::string refused_path = "none";
  int refused_status = 500;

 private:
  void answer(const httplib::Request& request, httplib::Response& response) {
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back({request.method, request.path, request.body});
      if (request.has_param("experiment_name")) requests_.back().body = request.get_param_value("experiment_name");
    }
    nlohmann::json body = nlohmann::json::object();
    if (request.path.ends_with(refused_path)) {
      response.status = refused_status;
      body = {{"error_code", "INVALID"}, {"message", "not today"}};
    } else if (request.path.ends_with("get-by-name") && !knows_experiment) {
      response.status = 404;
      body = {{"error_code", "RESOURCE_DOES_NOT_EXIST"}, {"message", "no such experiment"}};
    } else if (request.path.ends_with("get-by-name")) {
      body = {{"experiment", {{"experiment_id", "7"}}}};
    } else if (request.path.ends_with("experiments/create")) {
      body = {{"experiment_id", "8"}};
    } else if (request.path.ends_with("runs/create")) {
      body = {{"run", {{"info", {{"run_id", "run1"}, {"artifact_uri", artifact_uri}}}}}};
    }
    response.set_content(body.dump(), "application/json");
  }

  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
};

}  // namespace vigie::testing_tracking
