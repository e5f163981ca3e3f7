#include "vigie/engine/memory_plan.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "vigie/nn/ops.h"

namespace vigie::engine {

namespace {

using nn::Op;

constexpr std::size_t kAlignment = 64;

std::size_t aligned(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

/// Operations on one value that have read what they need of a row before they write it.
bool maps_elements(Op op) {
  return is_activation(op) || op == Op::BatchNorm || op == Op::Exp || op == Op::Scale || op == Op::Mask ||
         op == Op::L2Norm;
}

class Planner {
 public:
  Planner(const Program& program, const std::vector<Shape>& shapes)
      : program_(program), shapes_(shapes), last_use_(program.values.size(), -1) {
    for (const Value& value : program.values) buffer_.push_back(value.storage);
    plan_.places.resize(program.values.size());
    plan_.overwritten.assign(program.steps.size(), -1);
  }

  MemoryPlan run() {
    find_last_uses();
    claim_outputs();
    for (std::size_t s = 0; s < program_.steps.size(); ++s) overwrite_if_possible(s);
    place_arena();
    for (std::size_t v = 0; v < plan_.places.size(); ++v) plan_.places[v] = place_of(buffer_of(static_cast<int>(v)));
    return std::move(plan_);
  }

 private:
  int storage_of(int value) const { return program_.storage(value); }
  int buffer_of(int value) const { return buffer_[static_cast<std::size_t>(storage_of(value))]; }
  Place& place_of(int value) { return plan_.places[static_cast<std::size_t>(value)]; }
  ElementType type_of(int value) const { return program_.value(storage_of(value)).format.type; }
  bool is_free(int value) { return place_of(storage_of(value)).kind == Place::Kind::None; }

  void find_last_uses() {
    for (std::size_t s = 0; s < program_.steps.size(); ++s) {
      const Step& step = program_.steps[s];
      for (const int input : step.inputs) last_use_[static_cast<std::size_t>(storage_of(input))] = static_cast<int>(s);
      if (step.residual >= 0) last_use_[static_cast<std::size_t>(storage_of(step.residual))] = static_cast<int>(s);
    }
  }

  void claim_outputs() {
    for (std::size_t i = 0; i < program_.inputs.size(); ++i) place_of(program_.inputs[i]) = {Place::Kind::Input, i};
    for (std::size_t o = 0; o < program_.outputs.size(); ++o) {
      const int value = program_.outputs[o];
      if (is_free(value))
        place_of(storage_of(value)) = {Place::Kind::Output, o};
      else
        plan_.copies.push_back({value, o});
    }
  }

  std::vector<int> candidates(const Step& step) const {
    if (step.conversion) return {};
    if (step.residual >= 0) {
      const auto is_residual = [&](int input) { return storage_of(input) == storage_of(step.residual); };
      if (std::ranges::any_of(step.inputs, is_residual)) return {};
      // Only convolutions add U8 to S8 or the other way round.
      const bool same_type = type_of(step.residual) == type_of(step.output);
      if (!same_type && program_.node(step.node).op != Op::Conv2d) return {};
      return {step.residual};
    }
    const Op op = program_.node(step.node).op;
    if (op == Op::Sub) return {step.inputs[0]};  // oneDNN works in place on the first operand, and the order matters
    return op == Op::Add || op == Op::Mul || maps_elements(op) ? step.inputs : std::vector<int>{};
  }

  void overwrite_if_possible(std::size_t s) {
    const Step& step = program_.steps[s];
    if (!is_free(step.output)) return;
    for (const int value : candidates(step)) {
      const auto storage = static_cast<std::size_t>(storage_of(value));
      const bool dies_here = last_use_[storage] == static_cast<int>(s);
      if (!dies_here || !is_free(value) || bytes_of(value) != bytes_of(step.output)) continue;
      buffer_[static_cast<std::size_t>(step.output)] = buffer_[storage];
      plan_.overwritten[s] = value;
      return;
    }
  }

  std::size_t bytes_of(int value) const {
    const Value& stored = program_.value(value);
    return static_cast<std::size_t>(count_of(shapes_[static_cast<std::size_t>(stored.node)])) *
           byte_size(type_of(value));
  }

  void place_arena() {
    std::map<int, Interval> lives;  // by buffer
    for (std::size_t s = 0; s < program_.steps.size(); ++s) {
      const int value = program_.steps[s].output;
      if (!is_free(value)) continue;
      const int last = std::max(static_cast<int>(s), last_use_[static_cast<std::size_t>(value)]);
      const auto [entry, fresh] = lives.emplace(buffer_of(value), Interval{bytes_of(value), static_cast<int>(s), last});
      if (!fresh) entry->second.last = std::max(entry->second.last, last);
    }
    std::vector<Interval> intervals;
    for (const auto& [buffer, life] : lives) intervals.push_back(life);
    const std::vector<std::size_t> offsets = pack(intervals);
    std::size_t i = 0;
    for (const auto& [buffer, life] : lives) {
      place_of(buffer) = {Place::Kind::Arena, offsets[i++]};
      plan_.arena_bytes = std::max(plan_.arena_bytes, place_of(buffer).at + aligned(life.bytes));
    }
  }

  const Program& program_;
  const std::vector<Shape>& shapes_;
  std::vector<int> last_use_;  // by storage: the last step that reads it
  std::vector<int> buffer_;    // by storage: the first value that used the memory
  MemoryPlan plan_;
};

}  // namespace

std::vector<std::size_t> pack(const std::vector<Interval>& intervals) {
  std::vector<std::size_t> order(intervals.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t i) { return intervals[i].bytes; });
  std::vector<std::size_t> offsets(intervals.size(), 0);
  std::vector<std::size_t> placed;  // by offset
  for (const std::size_t i : order) {
    std::size_t offset = 0;
    for (const std::size_t p : placed) {
      const bool together = intervals[p].first <= intervals[i].last && intervals[i].first <= intervals[p].last;
      if (!together) continue;
      if (offset + aligned(intervals[i].bytes) <= offsets[p]) break;
      offset = std::max(offset, offsets[p] + aligned(intervals[p].bytes));
    }
    offsets[i] = offset;
    placed.insert(std::ranges::upper_bound(placed, offset, {}, [&](std::size_t p) { return offsets[p]; }), i);
  }
  return offsets;
}

MemoryPlan plan_memory(const Program& program, const std::vector<Shape>& shapes) {
  return Planner(program, shapes).run();
}

}  // namespace vigie::engine
