#include "vigie/weights/fetch.h"

#include "vigie/backbones/weights.h"
#include "vigie/weights/download.h"
#include "vigie/weights/sha256.h"

namespace vigie {

namespace fs = std::filesystem;

fs::path fetch_weights(const std::string& name, const RunContext& context) {
  const WeightsInfo& info = weights_info(name);
  const fs::path target = weights_cache() / info.file;
  const bool at_hand = fs::is_regular_file(target) && sha256_of(target).starts_with(info.sha256);
  if (!at_hand) download_verified(info.url, info.sha256, target, context);
  return target;
}

}  // namespace vigie
