#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

namespace vigie {

/// Thresholds learnt from normals that the detector did not see. A part is rejected when score >= threshold.
struct Calibration {
  double image_threshold = 0;
  double pixel_threshold = 0;  ///< on the smoothed map; NaN when the method has no map
  double max_fpr = 0.01;       ///< wanted share of good parts rejected
  std::int64_t normals = 0;    ///< held-out normals used
  double median = 0;           ///< of the held-out scores; the confidence's zero side
  std::string warning;         ///< set when the normals are too few for the wanted rate
};

/// image threshold: smallest t with at most max_fpr of the scores >= t, put halfway to the next score above. With n
/// normals rates below 1/(n+1) cannot be verified: then an exponential tail is fitted to the top scores, t lies above
/// all of them where a new good part is expected to be with probability max_fpr, and a warning says so.
///
/// pixel threshold: the same rule on the per-image map maxima (one false region per max_fpr of the good parts); as many
/// as image scores, or none for a method without maps.
///
/// Thresholds are float values where that is possible, so that comparing in float and in double agree.
/// Throws InvalidArgument without scores, on scores that are not finite, and unless 1e-9 <= max_fpr < 1.
Calibration calibrate(std::span<const double> image_scores, std::span<const double> map_maxima, double max_fpr);

/// 0 … 1, increasing in the score, exactly 0.5 at the threshold, 0.05 at the median of the normals and 0.95 as far on
/// the other side. Not a probability: x / (1 + |x|), which unlike a logistic curve still tells apart scores a million
/// such distances away.
double confidence(const Calibration& calibration, double score);

/// NaN is written as null.
nlohmann::json json_from_calibration(const Calibration& calibration);
/// Throws InvalidArgument when a field is missing, of the wrong type or out of range.
Calibration calibration_from_json(const nlohmann::json& object);

}  // namespace vigie
