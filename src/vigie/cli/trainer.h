#pragma once

#include "vigie/training/trainer.h"

namespace vigie::cli {

/// The trainer of this program. `vigie` itself carries none, so that it starts at once and needs no libtorch: there
/// this call replaces the process by `vigie-learn` beside it, the same command with a trainer, with the same arguments.
/// Call it before anything is done. Throws Unsupported when there is no such program.
const Trainer& require_trainer();

/// What require_trainer() starts the other program with. `argv` as main() got it.
void remember_arguments(char** argv);

}  // namespace vigie::cli
