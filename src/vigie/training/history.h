#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace vigie {

/// One measured loss.
struct LossPoint {
  std::int64_t step = 0;
  double value = 0;
  bool operator==(const LossPoint&) const = default;
};

/// What a training run leaves behind besides the weights. Holds no clock, so that equal runs give equal bytes.
struct TrainingHistory {
  std::int64_t steps = 0;      ///< taken
  std::int64_t best_step = 0;  ///< whose weights were kept
  bool stopped_early = false;
  std::int64_t images = 0;                               ///< learnt from
  std::int64_t validation = 0;                           ///< kept for validation
  std::map<std::string, std::vector<LossPoint>> losses;  ///< by name; means since the point before; "validation" too

  bool operator==(const TrainingHistory&) const = default;
};

nlohmann::json json_from_history(const TrainingHistory& history);
/// Throws BadFile when it is not one.
TrainingHistory history_from_json(const nlohmann::json& object);

/// At most `points` of each curve, evenly spread, first and last kept.
TrainingHistory thinned(const TrainingHistory& history, std::size_t points);

}  // namespace vigie
