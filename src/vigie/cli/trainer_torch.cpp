#include "vigie/cli/trainer.h"
#include "vigie/learn/torch_trainer.h"

namespace vigie::cli {

void remember_arguments(char**) {}

const Trainer& require_trainer() {
  return learn::torch_trainer();
}

}  // namespace vigie::cli
