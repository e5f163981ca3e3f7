#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <string>
#include <vector>

#include "vigie/pipeline/inspector.h"

namespace vigie {

/// What is kept of one inspection: a row of a table, a point of a drift chart.
struct Inspection {
  std::int64_t number = 0;                         ///< of the part: 1, 2, … in the order in which parts were accepted
  std::chrono::system_clock::time_point accepted;  ///< when the part was accepted
  std::string part;                                ///< what its sender called it
  std::string model;                               ///< identity of the model that inspected it
  std::string stage = {};                          ///< of the model that spoke; empty: not inspected
  double score = std::numeric_limits<double>::quiet_NaN();      ///< NaN: not inspected, see `error`
  double threshold = std::numeric_limits<double>::quiet_NaN();  ///< of that stage
  bool anomalous = false;
  double waited = 0;   ///< in the queue, milliseconds
  double reading = 0;  ///< of the image, milliseconds; 0 when it was given as pixels
  StageTimes times = {};
  std::string error = {};  ///< empty: inspected
};

/// Hands every inspection to each of its listeners.
class InspectionListeners {
 public:
  using Listener = std::function<void(const Inspection&)>;

  explicit InspectionListeners(std::vector<Listener> listeners);

  /// Calls the listeners in their order, from one thread at a time. What a listener throws stops neither the others nor
  /// the caller: the first fault of each is logged as a warning, all are counted.
  void emit(const Inspection& inspection) noexcept;
  /// How often a listener threw.
  std::int64_t faults() const { return faults_; }

 private:
  void note_fault(std::size_t listener, const char* what) noexcept;

  std::mutex guard_;
  std::vector<Listener> listeners_;
  std::vector<bool> faulty_;  ///< those whose fault was logged
  std::atomic<std::int64_t> faults_ = 0;
};

}  // namespace vigie
