#pragma once

#include <string>

#include "vigie/data/mask_cover.h"
#include "vigie/data/part_reading.h"
#include "vigie/io/mask.h"

namespace vigie {

/// What an evaluation should say once about its pictures and masks, not file by file.
class ReadingDoubts {
 public:
  void add(const Part& part);
  /// A defect's mask.
  void add(const MaskReading& mask);
  /// Logs a line for each kind of doubt.
  void warn() const;

 private:
  std::int64_t parts_ = 0, doubtful_parts_ = 0, turns_assumed_ = 0;
  std::string first_;
  MaskCover cover_;
};

}  // namespace vigie
