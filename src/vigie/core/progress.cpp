#include "vigie/core/progress.h"

#include "vigie/core/error.h"

namespace vigie {

void RunContext::check_cancelled(std::string_view where) const {
  if (stop_.stop_requested()) fail(ErrorKind::Cancelled, where, "stopped on request");
}

RunContext RunContext::with_log(std::shared_ptr<const JobLog> log) const {
  RunContext out = *this;
  out.log_ = std::move(log);
  return out;
}

RunContext RunContext::with_threads(int threads) const {
  VIGIE_CHECK(threads >= 1, "RunContext", "threads must be positive, got {}", threads);
  RunContext out = *this;
  out.threads_ = threads;
  return out;
}

RunScope::RunScope(const RunContext& context) : log_(context.log_) {
  if (context.threads_ > 0) threads_.emplace(context.threads_);
}

Progress::Progress(const RunContext& context, std::string task, std::int64_t total)
    : context_(context), task_(std::move(task)), total_(total), start_(std::chrono::steady_clock::now()) {
  context_.check_cancelled(task_);
  context_.report({task_, 0, total_, -1});
}

void Progress::advance(std::int64_t units) {
  using namespace std::chrono;
  context_.check_cancelled(task_);
  done_ += units;
  const auto now = steady_clock::now();
  if (done_ < total_ && now - last_report_ < milliseconds(100)) return;
  last_report_ = now;
  const double elapsed = duration<double>(now - start_).count();
  const double eta = done_ > 0 ? elapsed * static_cast<double>(total_ - done_) / static_cast<double>(done_) : -1;
  context_.report({task_, done_, total_, eta});
}

}  // namespace vigie
