#pragma once

#include <map>
#include <string>

#include "vigie/core/tensor.h"

namespace vigie {

/// Parameters by name, ordered, so that files written from it are the same to the byte.
using TensorMap = std::map<std::string, Tensor>;

}  // namespace vigie
