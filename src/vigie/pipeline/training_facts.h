#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vigie/core/progress.h"
#include "vigie/data/dataset.h"
#include "vigie/io/image.h"
#include "vigie/pipeline/part_look.h"

namespace vigie {

/// What a fit wants to know of its normals before it learns from them. Vectors have one entry a normal.
struct TrainingFacts {
  int bits = 0;                      ///< for Preprocess::bits
  std::vector<std::int64_t> groups;  ///< photographs of one part share one, see data/near_duplicates.h
  TrainingLook look;
  std::vector<std::string> content_hashes;   ///< see content_hash()
  std::vector<std::uint64_t> sample_hashes;  ///< see sample_hash()
};

/// Reads every normal once for all facts. Only 16-bit files that do not say how many bits they use are read again, when
/// all of them together have told. Says in the log what depth was learnt, and that a channel which no tag calls alpha
/// is left out. Throws what read_image() throws, naming the file; Cancelled.
TrainingFacts training_facts(const Dataset& dataset, const ImageReadOptions& reading, const RunContext& context);

}  // namespace vigie
