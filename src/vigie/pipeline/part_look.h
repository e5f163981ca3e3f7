#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "vigie/core/tensor.h"

namespace vigie {

/// What shows at a glance that a photo is of another kind than those learnt from.
struct PartLook {
  double width = 0, height = 0;  ///< pixels
  double colour = 0;             ///< mean difference of the largest and the smallest channel, 0 … 1; grey: 0
  double brightness = 0;         ///< mean of all channels, 0 … 1
  double aspect() const { return width / height; }
};

/// Of U8 or U16 [H W 1|3]; from every few pixels where there are many.
PartLook look_of(const Tensor& image);

/// The looks of a training set: the least and the most of each.
struct TrainingLook {
  PartLook least, most;
  double least_aspect = 0, most_aspect = 0;
};

/// Of the looks of its images: all, or 200 evenly spaced. Throws InvalidArgument when there are none.
TrainingLook look_of_training(const std::vector<PartLook>& looks);

nlohmann::json json_from_training_look(const TrainingLook& look);
/// Of a model's provenance, entry "training_set"; nullopt when an older vigie wrote it. Throws BadFile.
std::optional<TrainingLook> training_look_of(const nlohmann::json& provenance);

/// In what a part differs from the training set.
struct Difference {
  std::string kind;  ///< "colour", "size", "aspect" or "exposure"
  std::string text;  ///< "grey, the training set is colour"
};
std::vector<Difference> differences(const TrainingLook& training, const PartLook& part);

/// Counts the parts that differ, to say it once and not for each part. Not safe between threads.
class DifferenceCount {
 public:
  void add(const std::vector<Difference>& of_one_part);
  /// "5 of 20 parts differ from the training set: 5 in colour (grey, the training set is colour)"; empty when none did.
  std::string summary() const;

 private:
  struct Kind {
    std::string kind, first;
    std::int64_t parts = 0;
  };
  std::vector<Kind> kinds_;
  std::int64_t parts_ = 0, differing_ = 0;
};

}  // namespace vigie
