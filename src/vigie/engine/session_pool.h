#pragma once

#include <cstddef>
#include <list>
#include <mutex>

#include "vigie/engine/session.h"

namespace vigie::engine {

/// Sessions of one program, lent to one caller each. Idle ones are kept: the last 4, or as many as were ever lent at
/// the same time. The program and the weights must outlive the pool.
class SessionPool {
 public:
  SessionPool(const Program& program, WeightStore& weights, dnnl::engine cpu)
      : program_(program), weights_(weights), cpu_(std::move(cpu)) {}

  /// Runs on the calling thread's budget, in an idle session made for this shape and budget, or in a new one.
  std::vector<Tensor> run(const Tensor& input);

 private:
  struct Entry {
    Entry(const SessionPool& pool, const Shape& shape, int budget);
    Shape input;
    int threads;  ///< primitives are made for a number of threads, too
    Session session;
  };
  class Loan;
  static constexpr std::size_t kIdle = 4;

  const Program& program_;
  WeightStore& weights_;
  dnnl::engine cpu_;
  std::mutex guard_;
  std::list<Entry> idle_;  // the most recent first
  std::size_t lent_ = 0;
  std::size_t most_lent_ = 0;
};

}  // namespace vigie::engine
