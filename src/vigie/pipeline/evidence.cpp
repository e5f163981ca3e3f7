#include "vigie/pipeline/evidence.h"

#include "vigie/imaging/value_range.h"

namespace vigie {

Evidence evidence_from(const RawResult& raw, std::int64_t height, std::int64_t width, const Postprocess& postprocess) {
  Evidence out{raw.score, {}};
  if (raw.map.empty()) return out;
  out.map = input_map(raw.map, height, width, postprocess.sigma);
  if (postprocess.image_score == "map_max") out.score = value_range(out.map).high;
  return out;
}

}  // namespace vigie
