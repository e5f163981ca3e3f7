#pragma once

#include <vector>

#include "vigie/pipeline/model.h"

namespace vigie {

/// One model whose stages are those of `models`, in that order: a part goes through them until one rejects it. Stages
/// of one name are numbered ("patchcore", "patchcore-2"). Its provenance holds every image that any of them has seen,
/// so that tests stay honest, and under "stages" what each of the models knew of itself. Throws InvalidArgument with
/// fewer than two models, or where they follow different protocols or read pictures of different depth.
Model cascade_of(const std::vector<Model>& models);

}  // namespace vigie
