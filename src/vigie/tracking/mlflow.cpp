#include "vigie/tracking/mlflow.h"

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "vigie/core/log.h"
#include "vigie/tracking/http_client.h"
#include "vigie/tracking/log_guard.h"
#include "vigie/tracking/mlflow_run.h"

namespace vigie {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMetricsPerBatch = 100;
constexpr auto kBatchAge = std::chrono::seconds(1);

class MlflowLog final : public TrainingLog {
 public:
  MlflowLog(const std::string& server, const std::string& experiment, const std::string& run_name)
      : guard_(fmt::format("MLflow at {}", server), "training goes on without it"),
        artefact_guard_(fmt::format("MLflow at {}", server), "no further artefact is sent") {
    guard_.run([&] {
      run_.emplace(server, experiment, run_name);
      log_info("MLflow run: {}", run_->page());
    });
  }
  ~MlflowLog() override { end(false); }

  void params(const json& flat_object) override {
    guard_.run([&] { run_->log_params(flat_object); });
  }

  void scalar(std::string_view name, std::int64_t step, double value) override {
    guard_.run([&] {
      if (!std::isfinite(value)) return warn_not_finite(name, step, value);
      pending_.push_back({{"key", mlflow_name(name)}, {"value", value}, {"timestamp", mlflow_time()}, {"step", step}});
      if (pending_.size() >= kMetricsPerBatch || Clock::now() - last_sent_ >= kBatchAge) send_pending();
    });
  }

  void artefact(const std::filesystem::path& file) override {
    if (artefact_guard_.quiet()) return;
    guard_.run([&] {
      try {
        run_->store(file);
      } catch (const MlflowServerError&) {
        throw;  // there is no use in further metrics either
      } catch (const std::exception& error) {
        artefact_guard_.give_up(error.what());
      }
    });
  }

  void finish(bool success) override { end(success); }

 private:
  void end(bool success) {
    if (std::exchange(ended_, true)) return;
    guard_.run([&] {
      send_pending();
      run_->end(success);
    });
  }

  void send_pending() {
    if (!pending_.empty()) run_->log_metrics(std::exchange(pending_, json::array()));
    last_sent_ = Clock::now();
  }

  void warn_not_finite(std::string_view name, std::int64_t step, double value) {
    if (std::exchange(warned_not_finite_, true)) return;
    log_warning("MLflow: {} is {} at step {}; MLflow cannot show such values, they are left out", name, value, step);
  }

  LogGuard guard_;
  LogGuard artefact_guard_;
  std::optional<MlflowRun> run_;  ///< empty only when guard_ is quiet
  json pending_ = json::array();  ///< metrics not sent yet
  Clock::time_point last_sent_ = Clock::now();
  bool ended_ = false;
  bool warned_not_finite_ = false;
};

}  // namespace

std::unique_ptr<TrainingLog> make_mlflow_log(const std::string& uri, const std::string& experiment,
                                             const std::string& run_name) {
  return std::make_unique<MlflowLog>(checked_server_uri(uri), experiment, run_name);
}

}  // namespace vigie
