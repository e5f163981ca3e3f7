#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vigie/core/progress.h"
#include "vigie/data/dataset.h"
#include "vigie/io/depth.h"
#include "vigie/io/mask.h"

namespace vigie {

/// What reading one image or mask once tells about it. `error` empty: it could be read.
struct FileFacts {
  std::string error;
  std::int64_t width = 0, height = 0, channels = 0, bits = 0;
  std::uint64_t digest = 0;      ///< of the pixels and their shape (images)
  bool one_colour = false;       ///< all pixels equal (images)
  std::int64_t set_pixels = 0;   ///< foreground (masks)
  double border_share = 0;       ///< of the pixels along the four sides, how many are foreground (masks)
  MaskReading reading;           ///< how the file was understood (masks); without its pixels
  int stated_bits = 0;           ///< as StoredImage (images)
  DepthUse depth;                ///< of 16-bit files that do not say (images)
  bool unnamed_channel = false;  ///< as StoredImage (images)
};

/// One sample with the facts of its files.
struct SampleFacts {
  const Sample* sample = nullptr;
  FileFacts image, mask;  ///< mask: without meaning when sample->mask is empty

  bool has_mask() const { return !sample->mask.empty(); }
  bool in_train() const { return sample->role == Role::Train; }
  bool is_normal() const { return in_train() && sample->is_good(); }
};

/// Reads all images and masks of `dataset`, in its order, in parallel, a few at a time in memory. The dataset must
/// outlive the result.
std::vector<SampleFacts> read_facts(const Dataset& dataset, const RunContext& context);

/// Calls body(i) for i in [0, count) on all threads, and reports progress and notices cancellation from the calling
/// one.
void parallel_with_progress(const RunContext& context, const std::string& task, std::int64_t count,
                            const std::function<void(std::int64_t)>& body);

}  // namespace vigie
