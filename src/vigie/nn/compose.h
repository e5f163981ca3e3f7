#pragma once

#include <string>

#include "vigie/nn/graph.h"

namespace vigie::nn {

/// `base` with `head` behind it: head's Input becomes base's output of this name. Outputs are base's, then head's.
/// Base's nodes keep their names; of head's, those whose names are generated (they hold '#') get others where they
/// would clash. Parameters of one name are one parameter, which both graphs read. Throws InvalidArgument for an unknown
/// output, channels that differ or are not known, an image size that head fixes and base is known not to give, and two
/// layers or two outputs of one name.
Graph attach(const Graph& base, const std::string& output, const Graph& head);

}  // namespace vigie::nn
