#include "vigie/training/training_log.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace vigie {

void TrainingLog::params(const nlohmann::json& /*flat_object*/) {}
void TrainingLog::scalar(std::string_view /*name*/, std::int64_t /*step*/, double /*value*/) {}
void TrainingLog::image(std::string_view /*name*/, std::int64_t /*step*/, const Tensor& /*rgb*/) {}
void TrainingLog::histogram(std::string_view /*name*/, std::int64_t /*step*/, std::span<const float> /*values*/) {}
void TrainingLog::artefact(const std::filesystem::path& /*file*/) {}
void TrainingLog::finish(bool /*success*/) {}

void TrainingLogs::add(std::unique_ptr<TrainingLog> log) {
  if (log) logs_.push_back(std::move(log));
}

void TrainingLogs::params(const nlohmann::json& flat_object) {
  for (const auto& log : logs_) log->params(flat_object);
}

void TrainingLogs::scalar(std::string_view name, std::int64_t step, double value) {
  for (const auto& log : logs_) log->scalar(name, step, value);
}

void TrainingLogs::image(std::string_view name, std::int64_t step, const Tensor& rgb) {
  for (const auto& log : logs_) log->image(name, step, rgb);
}

void TrainingLogs::histogram(std::string_view name, std::int64_t step, std::span<const float> values) {
  for (const auto& log : logs_) log->histogram(name, step, values);
}

void TrainingLogs::artefact(const std::filesystem::path& file) {
  for (const auto& log : logs_) log->artefact(file);
}

void TrainingLogs::finish(bool success) {
  for (const auto& log : logs_) log->finish(success);
}

}  // namespace vigie
