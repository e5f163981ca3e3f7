#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vigie/engine/program.h"
#include "vigie/nn/quantisation.h"

namespace vigie::engine {

/// Whether elements come out of an operation as they went in, so that the format does too.
bool passes_elements_on(const nn::Node& node);

/// Values whose elements flow into each other (max pools, concatenations ...) must agree on one range: the widest of
/// theirs.
class CommonRanges {
 public:
  /// `program` in F32.
  CommonRanges(const Program& program, const nn::Quantisation& quantisation);

  /// The quantised format of a node's result; none where a range is missing.
  std::optional<Format> format(int node) const;

 private:
  struct Common {
    nn::Quantisation::Range range;
    bool incomplete = false;
  };

  std::size_t group_of(int node) const;
  void widen(int node, const std::string& name, const nn::Quantisation& quantisation);

  std::vector<int> group_;  // by node: itself, or another one of the group
  std::vector<Common> ranges_;
};

}  // namespace vigie::engine
