#include "vigie/training/history.h"

#include "vigie/core/error.h"

namespace vigie {

using nlohmann::json;

json json_from_history(const TrainingHistory& history) {
  json losses = json::object();
  for (const auto& [name, points] : history.losses) {
    json list = json::array();
    for (const LossPoint& point : points) list.push_back({point.step, point.value});
    losses[name] = std::move(list);
  }
  return {{"steps", history.steps},   {"best_step", history.best_step},   {"stopped_early", history.stopped_early},
          {"images", history.images}, {"validation", history.validation}, {"losses", std::move(losses)}};
}

TrainingHistory history_from_json(const json& object) {
  try {
    TrainingHistory history{.steps = object.at("steps"),
                            .best_step = object.at("best_step"),
                            .stopped_early = object.at("stopped_early"),
                            .images = object.at("images"),
                            .validation = object.at("validation"),
                            .losses = {}};
    for (const auto& [name, list] : object.at("losses").items())
      for (const json& point : list)
        history.losses[name].push_back({point.at(0).get<std::int64_t>(), point.at(1).get<double>()});
    return history;
  } catch (const json::exception& e) {
    fail(ErrorKind::BadFile, "history", "the record of the training is damaged ({})", e.what());
  }
}

TrainingHistory thinned(const TrainingHistory& history, std::size_t points) {
  TrainingHistory out = history;
  for (auto& [name, curve] : out.losses) {
    if (curve.size() <= points || points < 2) continue;
    std::vector<LossPoint> few;
    for (std::size_t i = 0; i < points; ++i) few.push_back(curve[i * (curve.size() - 1) / (points - 1)]);
    curve = std::move(few);
  }
  return out;
}

}  // namespace vigie
