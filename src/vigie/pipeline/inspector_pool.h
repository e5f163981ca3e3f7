#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "vigie/io/image.h"
#include "vigie/pipeline/inspection.h"
#include "vigie/pipeline/inspector.h"

namespace vigie {

/// A model that serves, and what its records call it: a version, the hash of its file.
struct ServedModel {
  std::shared_ptr<const Inspector> inspector;  ///< never null
  std::string identity;
};

/// A part to inspect. A file is read by the replica that inspects it, as the model that it meets there wants it.
struct PoolPart {
  std::string name;  ///< for the record
  /// A file, or pixels U8/U16 [H W 1|3] at the full range of their type as read_part() gives them.
  std::variant<std::filesystem::path, Tensor> source;
};

/// The answer to one part.
struct PoolAnswer {
  Inspection record;
  Verdict verdict;
  std::string warning;                         ///< of reading: empty, or why the file's depth is doubtful, see Part
  std::shared_ptr<const Inspector> inspector;  ///< the one that inspected it, for its calibration and heat range
};

struct PoolOptions {
  int replicas = 1;        ///< parts inspected at once, 1 … 1024
  int threads = 0;         ///< of each replica, 1 …; 0: its share of the thread budget, at least 1
  std::size_t queue = 64;  ///< parts that may wait, beside those in work, 1 …
  ImageReadOptions reading = {};
};

/// Inspects parts from a bounded queue on several threads, and answers each by a future. All functions may be called
/// from any thread; close() and the destructor not from a listener, which would wait for itself, nor submit(), which
/// may.
///
/// A part is inspected whole by one model. A part accepted before exchange() may be answered by either model; one
/// accepted after exchange() returned is answered by the new one. The answer names the model.
/// Before a part is answered its record is handed to the listeners, failed parts included. A part that fails (an
/// unreadable file, a shape that cannot be, no memory) has the exception in its own future and touches no other part.
class InspectorPool {
 public:
  /// Throws InvalidArgument for options out of range or a null inspector, std::system_error without threads. The
  /// replicas log where the calling thread logs (core/log.h).
  InspectorPool(ServedModel model, const PoolOptions& options,
                std::vector<InspectionListeners::Listener> listeners = {});
  /// As close().
  ~InspectorPool();
  InspectorPool(const InspectorPool&) = delete;
  InspectorPool& operator=(const InspectorPool&) = delete;

  /// Accepts a part; waits while the queue is full. Throws Cancelled once the pool is closed, also while it waits.
  std::future<PoolAnswer> submit(PoolPart part);
  /// Accepts a part unless the queue is full or the pool closed.
  std::optional<std::future<PoolAnswer>> try_submit(PoolPart part);

  /// Serves another model from now on; the old one goes when its last part is answered. Throws InvalidArgument for a
  /// null inspector.
  void exchange(ServedModel model);
  ServedModel model() const;

  /// Accepts nothing more, and returns when everything accepted is answered.
  void close();

  /// Parts that wait, without those in work.
  std::size_t waiting() const;
  /// Records that a listener missed because it threw.
  std::int64_t missed_records() const { return listeners_.faults(); }

 private:
  struct Job {
    PoolPart part;
    std::int64_t number = 0;
    std::chrono::system_clock::time_point accepted;
    std::chrono::steady_clock::time_point queued;
    std::promise<PoolAnswer> answer;
  };

  std::future<PoolAnswer> accept(PoolPart part);
  void serve(const std::stop_token& stop, int threads);
  std::optional<std::pair<Job, ServedModel>> take(const std::stop_token& stop);
  void answer(Job& job, const ServedModel& model);
  PoolAnswer inspect(const Job& job, const ServedModel& model, Inspection& record) const;

  const PoolOptions options_;
  InspectionListeners listeners_;
  mutable std::mutex guard_;  ///< of all below
  std::condition_variable room_, idle_;
  std::condition_variable_any work_;
  ServedModel model_;
  std::deque<Job> queue_;
  std::int64_t accepted_ = 0, answered_ = 0;
  bool closed_ = false;
  std::vector<std::jthread> replicas_;  ///< last: they end before what they use
};

}  // namespace vigie
