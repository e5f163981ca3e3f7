#pragma once

#include "vigie/nn/graph.h"

namespace vigie {

/// `student` with a 1x1 convolution "metric.<output>" (channels kept, no bias) behind each output, whose result takes
/// the output's name and place. In it, distances between features are those between what the student predicts of its
/// teacher's features: all that methods which measure distances need of the thrown-away heads (docs/distill.md).
nn::Graph with_metric(const nn::Graph& student);

}  // namespace vigie
