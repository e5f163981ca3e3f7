#include "vigie/data/reading_doubts.h"

#include "vigie/core/log.h"

namespace vigie {

void ReadingDoubts::add(const Part& part) {
  ++parts_;
  if (part.warning.empty()) return;
  if (doubtful_parts_++ == 0) first_ = part.warning;
}

void ReadingDoubts::add(const MaskReading& mask) {
  cover_.add(mask.mask);
  turns_assumed_ += mask.turn_assumed;
}

void ReadingDoubts::warn() const {
  if (doubtful_parts_ > 0)
    log_warning("{} of {} images are of doubtful depth; the first {}", doubtful_parts_, parts_, first_);
  if (cover_.inverted())
    log_warning("{}: if they are inverted, so are the pixel metrics; 'vigie dataset check' says how they were read",
                cover_.text());
  if (turns_assumed_ > 0)
    log_warning(
        "{} of {} masks have no orientation of their own while their picture is turned and has the same size either "
        "way: "
        "taken to lie as the picture is stored",
        turns_assumed_, cover_.masks());
}

}  // namespace vigie
