#pragma once

#include <string>

#include "vigie/core/options.h"

namespace vigie::cli {

/// One line per option: key, default as JSON, what it is.
std::string option_lines(const OptionList& list);

}  // namespace vigie::cli
