#pragma once

#include <filesystem>
#include <limits>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vigie/core/tensor_map.h"
#include "vigie/training/history.h"

namespace vigie::learn {

/// Sum and count of each loss by name.
using LossSums = std::map<std::string, std::pair<double, std::int64_t>>;

/// Where a run stands: all that the rest of it depends on. The random numbers of a step come from the seed and the
/// step's number, so there is no generator to keep.
struct Checkpoint {
  std::string run;        ///< what must be the same to go on: a text made of method, options, networks, images, seed
  std::int64_t step = 0;  ///< steps taken
  double best_loss = std::numeric_limits<double>::infinity();
  std::int64_t waited = 0;  ///< validations since the best one
  double seconds = 0;       ///< of training so far
  TrainingHistory history;
  LossSums open_losses;  ///< measured since the history's last point
  TensorMap values;      ///< "network/parameter": weights and statistics now
  TensorMap best;        ///< the same at the best validation; empty: none yet
  std::vector<Tensor> optimisers;
};

/// One line "name key value" per entry, so that a difference shows where it is.
std::string lines_of(std::string_view name, const nlohmann::json& object);

/// Atomic: the checkpoint before stays whole until this one is. Throws Io.
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// Throws NotFound, BadFile: damaged, or not of the run `run` (the first line that differs is named).
Checkpoint load_checkpoint(const std::filesystem::path& path, const std::string& run);

}  // namespace vigie::learn
