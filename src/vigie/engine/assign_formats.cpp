#include "vigie/engine/assign_formats.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "vigie/engine/common_ranges.h"
#include "vigie/nn/ops.h"

namespace vigie::engine {

namespace {

using nn::Op;

/// Who waits for a value.
struct Wanted {
  bool quantised = false;  ///< an int8 step
  bool real = false;       ///< a step that computes on F32 or BF16
  bool outside = false;    ///< the caller
  bool exact = false;      ///< a step that computes on F32 only
};

/// Operations that would blow up BF16's rounding of what they read: differences of values that are close, exponents,
/// and directions of vectors that distances compare.
bool amplifies_rounding(Op op) {
  return op == Op::Exp || op == Op::L2Norm || op == Op::Sub;
}

class Assignment {
 public:
  Assignment(const Program& program, Precision precision, const nn::Quantisation& quantisation)
      : ranges_(program, quantisation),
        weights_(nn::parameter_shapes(program.graph)),
        kept_(quantisation.kept.begin(), quantisation.kept.end()),
        int8_(precision == Precision::Int8),
        real_{runnable(Precision::BF16) == Precision::BF16 ? ElementType::BF16 : ElementType::F32},
        source_(program),
        result_(program),
        wanted_(program.values.size()) {}

  Program run() {
    collect_wants();
    result_.steps.clear();
    for (const Step& step : source_.steps) place(step);
    for (int& output : result_.outputs) output = in_format(output, Format{});
    return std::move(result_);
  }

 private:
  const nn::Node& node(const Step& step) const { return source_.node(step.node); }
  Format& format(int value) { return result_.values[static_cast<std::size_t>(value)].format; }
  Format format_of_storage(int value) const { return result_.value(result_.storage(value)).format; }
  Wanted& wanted(int value) { return wanted_[static_cast<std::size_t>(source_.storage(value))]; }

  bool runs_int8(const Step& step) const {
    const nn::Node& operation = node(step);
    return int8_ && multiplies_weights(operation.op) && int8_pays(operation, weights_.at(operation.params[0])) &&
           !kept_.contains(operation.name) && ranges_.format(step.inputs[0]).has_value();
  }

  /// oneDNN 2.6 has no fast transposed convolution of BF16.
  bool runs_f32(const Step& step) const {
    const Op op = node(step).op;
    return amplifies_rounding(op) || (op == Op::ConvTranspose2d && !runs_int8(step));
  }

  void collect_wants() {
    for (const int output : source_.outputs) wanted(output).outside = true;
    for (std::size_t s = source_.steps.size(); s-- > 0;) {
      const Step& step = source_.steps[s];
      const Wanted result = wanted(step.output);
      for (const int input : step.inputs) {
        Wanted& want = wanted(input);
        if (passes_elements_on(node(step))) {
          want.quantised |= result.quantised;
          want.real |= result.real;
          want.outside |= result.outside;
          want.exact |= result.exact;
        } else if (runs_f32(step)) {
          want.exact = true;
        } else {
          (runs_int8(step) ? want.quantised : want.real) = true;
        }
      }
    }
  }

  /// What a value should be if whoever writes it can choose. Values that are only added to others stay as narrow as
  /// their producer makes them.
  Format best_format(int value, bool producer_is_int8) {
    const Wanted& want = wanted(value);
    if (want.outside || want.exact) return {};
    const std::optional<Format> quantised = ranges_.format(value);
    if (want.real || !producer_is_int8 || !quantised) return real_;
    return *quantised;
  }

  /// The value in the given format, through a conversion unless it is at hand.
  int in_format(int value, const Format& wanted) {
    const int storage = result_.storage(value);
    if (format_of_storage(storage) == wanted) return value;
    const auto [entry, fresh] = converted_.try_emplace({storage, wanted.type}, static_cast<int>(result_.values.size()));
    if (fresh) {
      result_.values.push_back({result_.value(storage).node, entry->second, wanted});
      const Step conversion{
          .node = result_.value(storage).node, .inputs = {storage}, .output = entry->second, .conversion = true};
      result_.steps.push_back(conversion);
    }
    if (storage == value) return entry->second;
    result_.values.push_back({result_.value(value).node, entry->second, wanted});  // reshaped
    return static_cast<int>(result_.values.size()) - 1;
  }

  void place(Step step) {
    const nn::Node& operation = node(step);
    if (passes_elements_on(operation)) {
      const Format passed = passed_format(step);
      for (int& input : step.inputs) input = in_format(input, passed);
      format(step.output) = passed;
    } else if ((multiplies_weights(operation.op) || operation.op == Op::MatMul) && !runs_f32(step)) {
      place_product(step);
    } else {
      const Format computed = plain_format(step);
      for (int& input : step.inputs) input = in_format(input, computed);
      format(step.output) = computed;
    }
    result_.steps.push_back(step);
  }

  void place_product(Step& step) {
    const bool int8 = runs_int8(step);
    const int first = step.inputs[0];
    for (int& input : step.inputs) input = in_format(input, int8 ? *ranges_.format(first) : real_);
    if (step.residual >= 0) step.residual = residual_for(step.residual, int8);
    format(step.output) = best_format(step.output, int8);
    // oneDNN 2.6 has no fast int8 transposed convolution that writes BF16 either.
    if (node(step).op == Op::ConvTranspose2d && !format(step.output).quantised()) format(step.output) = {};
  }

  /// Int8 steps add values of any format, a quantised one if there is one; the others add real numbers.
  int residual_for(int value, bool int8) {
    const int storage = result_.storage(value);
    const std::optional<Format> quantised = ranges_.format(value);
    if (int8 && quantised && converted_.contains({storage, quantised->type})) return in_format(value, *quantised);
    return int8 || !format_of_storage(storage).quantised() ? value : in_format(value, real_);
  }

  Format passed_format(const Step& step) {
    const Format first = format_of_storage(step.inputs[0]);
    const bool agree = std::ranges::all_of(step.inputs, [&](int input) { return format_of_storage(input) == first; });
    return agree ? first : best_format(step.output, wanted(step.output).quantised);
  }

  /// For operations that read and write one format: F32 where that saves a conversion, or the operation or whoever
  /// takes the result wants it.
  Format plain_format(const Step& step) {
    const bool f32 = std::ranges::all_of(step.inputs, [&](int input) { return format_of_storage(input) == Format{}; });
    const Wanted& want = wanted(step.output);
    return f32 || runs_f32(step) || want.outside || want.exact ? Format{} : real_;
  }

  CommonRanges ranges_;
  std::map<std::string, Shape> weights_;
  std::set<std::string> kept_;
  bool int8_;
  Format real_;  // in which everything is computed that is not int8
  const Program& source_;
  Program result_;
  std::vector<Wanted> wanted_;                            // by storage
  std::map<std::pair<int, ElementType>, int> converted_;  // storage, type -> value; a storage has one scale per type
};

}  // namespace

bool int8_pays(const nn::Node& node, const Shape& weight) {
  if (node.op != Op::Conv2d || nn::int_attr(node, "groups") == 1) return multiplies_weights(node.op);
  const std::int64_t in = weight[1], out = weight[0] / nn::int_attr(node, "groups");  // per group
  return in == out || (in % 16 == 0 && out % 16 == 0);
}

Program assign_formats(const Program& program, Precision precision, const nn::Quantisation& quantisation) {
  return precision == Precision::F32 ? program : Assignment(program, precision, quantisation).run();
}

ElementType weight_type(const Program& program, const Step& step) {
  const Format& read = program.value(program.storage(step.inputs[0])).format;
  return read.quantised() ? ElementType::S8 : read.type;
}

}  // namespace vigie::engine
