#pragma once

#include "vigie/training/trainer.h"

namespace vigie::learn {

/// The trainer of this build: libtorch, on CUDA where it and a device are there, else on the CPU.
const Trainer& torch_trainer();

}  // namespace vigie::learn
