#pragma once

#include <cstdint>
#include <optional>

namespace vigie {

/// The class of a sample, as an index into the names that its data set gives: kGood, else a type of defect. Nothing:
/// nobody has said what the sample is.
using ClassLabel = std::optional<std::int64_t>;

inline constexpr std::int64_t kGood = 0;

}  // namespace vigie
