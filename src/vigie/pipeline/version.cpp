#include "vigie/pipeline/version.h"

namespace vigie {

const char* const kVersion = VIGIE_VERSION;

}  // namespace vigie
