#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "vigie/core/error.h"
#include "vigie/tracking/http_client.h"

namespace vigie {

/// The server itself fails, as against one artefact: no further request makes sense.
class MlflowServerError : public Error {
 public:
  using Error::Error;
};

/// A name as MLflow takes it: ASCII letters, digits, "_-. /", no empty or dotted folders, at most 250 bytes.
std::string mlflow_name(std::string_view name);

/// A setting as the text of a parameter: at most 500 bytes, cut between characters; "" in quotes when empty, which old
/// servers refuse otherwise.
std::string mlflow_param_value(const nlohmann::json& value);

/// One run of a server; each call is one request, or as many as MLflow's limits ask for. All throw MlflowServerError
/// with the server's reason. Internal to tracking/; one thread.
class MlflowRun {
 public:
  /// Finds or creates the experiment and opens a run in it. `server` as checked_server_uri() gives it.
  MlflowRun(const std::string& server, const std::string& experiment, const std::string& run_name);

  void log_params(const nlohmann::json& flat_object);
  /// An array of {key, value, timestamp, step}, at most 1000.
  void log_metrics(const nlohmann::json& metrics);
  /// Throws Error of another class when only this file has a problem.
  void store(const std::filesystem::path& file);
  void end(bool success);

  /// The page of the run.
  std::string page() const;

 private:
  nlohmann::json post(const std::string& method, const nlohmann::json& body);
  std::string find_or_create_experiment(const std::string& name);
  void send_through_proxy(const std::filesystem::path& file);

  std::string server_;
  HttpClient client_;
  std::string experiment_id_;
  std::string run_id_;
  std::string artifact_uri_;
};

/// Milliseconds since 1970, as MLflow dates things.
std::int64_t mlflow_time();

}  // namespace vigie
