#include "vigie/pipeline/inspection.h"

#include "vigie/core/log.h"

namespace vigie {

InspectionListeners::InspectionListeners(std::vector<Listener> listeners)
    : listeners_(std::move(listeners)), faulty_(listeners_.size()) {}

void InspectionListeners::emit(const Inspection& inspection) noexcept {
  const std::lock_guard lock(guard_);
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    try {
      listeners_[i](inspection);
    } catch (const std::exception& error) {
      note_fault(i, error.what());
    } catch (...) {
      note_fault(i, "an exception of an unknown type");
    }
  }
}

void InspectionListeners::note_fault(std::size_t listener, const char* what) noexcept {
  ++faults_;
  if (faulty_[listener]) return;  // a full disk would fill the log as well
  faulty_[listener] = true;
  try {
    log_warning("inspections: listener {} of {} failed and misses a record: {}", listener + 1, listeners_.size(), what);
  } catch (...) {  // no memory for the text: the count still tells
  }
}

}  // namespace vigie
