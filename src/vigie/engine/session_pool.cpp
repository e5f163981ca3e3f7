#include "vigie/engine/session_pool.h"

#include <algorithm>

#include "vigie/core/threads.h"

namespace vigie::engine {

SessionPool::Entry::Entry(const SessionPool& pool, const Shape& shape, int budget)
    : input(shape),
      threads(budget),
      session(pool.program_, pool.weights_, pool.cpu_, nn::infer_shapes(pool.program_.graph, shape)) {}

/// A place taken in the pool; the entry goes back when the loan ends.
class SessionPool::Loan {
 public:
  Loan(SessionPool& pool, const Shape& input, int threads) : pool_(pool) {
    const std::lock_guard lock(pool.guard_);
    pool.most_lent_ = std::max(pool.most_lent_, ++pool.lent_);
    const auto fits = [&](const Entry& entry) { return entry.input == input && entry.threads == threads; };
    const auto found = std::ranges::find_if(pool.idle_, fits);
    if (found != pool.idle_.end()) entry_.splice(entry_.begin(), pool.idle_, found);
  }

  ~Loan() {
    std::list<Entry> surplus;  // freed after the lock
    const std::lock_guard lock(pool_.guard_);
    --pool_.lent_;
    pool_.idle_.splice(pool_.idle_.begin(), entry_);
    while (pool_.idle_.size() > std::max(kIdle, pool_.most_lent_))
      surplus.splice(surplus.begin(), pool_.idle_, std::prev(pool_.idle_.end()));
  }

  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;

  std::list<Entry>& entry() { return entry_; }

 private:
  SessionPool& pool_;
  std::list<Entry> entry_;  // one, or none until it is made
};

std::vector<Tensor> SessionPool::run(const Tensor& input) {
  adopt_thread_budget();
  const int threads = thread_budget();
  Loan loan(*this, input.shape(), threads);
  if (loan.entry().empty()) loan.entry().emplace_back(*this, input.shape(), threads);
  return loan.entry().front().session.run({&input, 1});
}

}  // namespace vigie::engine
