#include "vigie/pipeline/inspector_pool.h"

#include <algorithm>

#include "vigie/core/log.h"
#include "vigie/core/threads.h"
#include "vigie/data/part_reading.h"

namespace vigie {

namespace {

constexpr const char* kWhere = "inspector pool";

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

ServedModel checked(ServedModel model) {
  VIGIE_CHECK(model.inspector != nullptr, kWhere, "there is no model to serve");
  return model;
}

PoolOptions checked(const PoolOptions& options) {
  VIGIE_CHECK(options.replicas >= 1 && options.replicas <= 1024, kWhere, "replicas {} are outside 1 … 1024",
              options.replicas);
  VIGIE_CHECK(options.threads >= 0, kWhere, "threads must be 0 (a share) or positive, got {}", options.threads);
  VIGIE_CHECK(options.queue >= 1, kWhere, "the queue must have room for a part");
  return options;
}

// Of replica i: a share of the budget, as streams have it, or what was asked for.
int threads_of(int i, const PoolOptions& options, int budget) {
  if (options.threads > 0) return options.threads;
  return std::max(1, budget / options.replicas + (i < budget % options.replicas ? 1 : 0));
}

// Never throws: with no memory left for a long text, that is the text.
std::string text_of(const std::exception_ptr& fault) noexcept {
  try {
    try {
      std::rethrow_exception(fault);
    } catch (const std::bad_alloc&) {
      return "out of memory";
    } catch (const std::exception& error) {
      return error.what();
    }
  } catch (const std::bad_alloc&) {
    return "out of memory";
  } catch (...) {
    return "unknown error";
  }
}

}  // namespace

InspectorPool::InspectorPool(ServedModel model, const PoolOptions& options,
                             std::vector<InspectionListeners::Listener> listeners)
    : options_(checked(options)), listeners_(std::move(listeners)), model_(checked(std::move(model))) {
  const int budget = thread_budget();
  const auto log = current_log();
  for (int i = 0; i < options_.replicas; ++i) {
    const int threads = threads_of(i, options_, budget);
    replicas_.emplace_back([this, threads, log](const std::stop_token& stop) {
      const LogScope same_log(log);
      serve(stop, threads);
    });
  }
}

InspectorPool::~InspectorPool() {
  close();
}

// The caller holds guard_ and has found room.
std::future<PoolAnswer> InspectorPool::accept(PoolPart part) {
  Job job{std::move(part), accepted_ + 1, std::chrono::system_clock::now(), std::chrono::steady_clock::now(), {}};
  std::future<PoolAnswer> answer = job.answer.get_future();
  queue_.push_back(std::move(job));
  ++accepted_;
  work_.notify_one();
  return answer;
}

std::future<PoolAnswer> InspectorPool::submit(PoolPart part) {
  std::unique_lock lock(guard_);
  room_.wait(lock, [&] { return closed_ || queue_.size() < options_.queue; });
  if (closed_) fail(ErrorKind::Cancelled, kWhere, "{}: not accepted, the pool is closed", part.name);
  return accept(std::move(part));
}

std::optional<std::future<PoolAnswer>> InspectorPool::try_submit(PoolPart part) {
  const std::lock_guard lock(guard_);
  if (closed_ || queue_.size() >= options_.queue) return std::nullopt;
  return accept(std::move(part));
}

void InspectorPool::exchange(ServedModel model) {
  ServedModel next = checked(std::move(model));
  {
    const std::lock_guard lock(guard_);
    std::swap(model_, next);
  }  // the old model may be freed here, which takes a while: not under the lock
}

ServedModel InspectorPool::model() const {
  const std::lock_guard lock(guard_);
  return model_;
}

void InspectorPool::close() {
  std::unique_lock lock(guard_);
  closed_ = true;
  room_.notify_all();
  idle_.wait(lock, [&] { return answered_ == accepted_; });
}

std::size_t InspectorPool::waiting() const {
  const std::lock_guard lock(guard_);
  return queue_.size();
}

void InspectorPool::serve(const std::stop_token& stop, int threads) {
  const ThreadShare mine(threads);
  while (auto taken = take(stop)) {
    answer(taken->first, taken->second);
    taken.reset();  // an exchanged model goes with its last part, not with the next one
    const std::lock_guard lock(guard_);
    if (++answered_ == accepted_) idle_.notify_all();
  }
}

// The next part with the model of this moment, under one lock: so exchange() is a clear line between parts.
std::optional<std::pair<InspectorPool::Job, ServedModel>> InspectorPool::take(const std::stop_token& stop) {
  std::unique_lock lock(guard_);
  if (!work_.wait(lock, stop, [&] { return !queue_.empty(); })) return std::nullopt;
  std::pair<Job, ServedModel> taken(std::move(queue_.front()), model_);
  queue_.pop_front();
  room_.notify_one();
  return taken;
}

void InspectorPool::answer(Job& job, const ServedModel& model) {
  Inspection record;
  PoolAnswer answer;
  std::exception_ptr fault;
  try {
    answer = inspect(job, model, record);
    answer.record = record;
  } catch (...) {
    fault = std::current_exception();
    record.error = text_of(fault);
  }
  listeners_.emit(record);
  if (fault)
    job.answer.set_exception(std::move(fault));
  else
    job.answer.set_value(std::move(answer));
}

// Fills the record while it goes, so that a part that fails keeps the times it took.
PoolAnswer InspectorPool::inspect(const Job& job, const ServedModel& model, Inspection& record) const {
  record = {.number = job.number, .accepted = job.accepted, .part = job.part.name, .model = model.identity};
  record.waited = milliseconds_since(job.queued);
  PoolAnswer answer;
  Tensor image;
  if (const auto* path = std::get_if<std::filesystem::path>(&job.part.source)) {
    const auto start = std::chrono::steady_clock::now();
    Part part = read_part(*path, model.inspector->preprocess(), options_.reading);
    record.reading = milliseconds_since(start);
    image = std::move(part.image);
    answer.warning = std::move(part.warning);
  } else {
    image = std::get<Tensor>(job.part.source);
  }
  answer.verdict = model.inspector->inspect(image, &record.times);
  answer.inspector = model.inspector;
  const Stage& spoke = model.inspector->model().stages[answer.verdict.stage];
  record.stage = spoke.name;
  record.threshold = spoke.calibration.image_threshold;
  record.score = answer.verdict.score;
  record.anomalous = answer.verdict.anomalous;
  return answer;
}

}  // namespace vigie
