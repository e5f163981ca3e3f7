#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

namespace vigie {

/// What decided the thresholds.
enum class ThresholdRule {
  Rate,   ///< a wanted share of good parts rejected
  Fixed,  ///< a value that someone gave
  Misses  ///< a wanted share of known defects missed
};

/// "rate", "fixed", "misses".
std::string name_of(ThresholdRule rule);

/// The wanted share of good parts rejected unless told otherwise. Chosen on drawn parts, see docs/thresholds.md.
inline constexpr double kDefaultMaxFpr = 0.05;

/// Thresholds learnt from normals that the detector did not see. A part is rejected when score >= threshold.
struct Calibration {
  double image_threshold = 0;
  double pixel_threshold = 0;  ///< on the smoothed map; NaN when the method has no map
  ThresholdRule rule = ThresholdRule::Rate;
  double max_fpr = kDefaultMaxFpr;  ///< wanted share of good parts rejected (rule Rate)
  std::int64_t normals = 0;         ///< parts whose scores were used
  double median = 0;                ///< of their scores; the confidence's zero side
  std::vector<double> scores;       ///< one a part, highest first; empty in models older than format 3
  std::vector<double> maxima;       ///< largest map value of each part, highest first; empty without maps
};

/// image threshold: smallest t with at most max_fpr of the scores >= t, put halfway to the next score above. With n
/// normals rates below 1/(n+1) cannot be verified: then t lies just above the highest score, by a margin that what was
/// seen bounds; see threshold_for_rate().
///
/// pixel threshold: the same rule on the per-image map maxima (one false region per max_fpr of the good parts); as many
/// as image scores, or none for a method without maps.
///
/// Thresholds are float values where that is possible, so that comparing in float and in double agree.
/// Throws InvalidArgument without scores, on scores that are not finite, and unless 1e-9 <= max_fpr < 1.
Calibration calibrate(std::span<const double> image_scores, std::span<const double> map_maxima, double max_fpr);

/// The same parts at another wanted rate. Throws InvalidArgument when the scores were not kept (models older than
/// format 3), and as calibrate().
Calibration at_rate(const Calibration& calibration, double max_fpr);

/// The image threshold given by hand. The pixel threshold moves along: as many good parts show a region as are
/// rejected. Throws InvalidArgument unless finite.
Calibration at_threshold(const Calibration& calibration, double image_threshold);

/// The highest thresholds at which at most max_miss (0 … below 1) of the known defects pass, halfway down to the good
/// part (or defect) below. defect_scores: image scores, at least one, finite.
Calibration at_miss_rate(const Calibration& calibration, std::span<const double> defect_scores, double max_miss);

/// How many of the good parts the image threshold rejects; 0 where the scores were not kept.
std::int64_t rejected_normals(const Calibration& calibration);

/// What is known of the false-reject rate, in words: "of 40 good parts none was rejected; with 95 % confidence at most
/// 7.2 % will be; 59 more would show 3 %".
std::string statement_of(const Calibration& calibration);

/// Whether so few parts can verify the wanted rate.
bool verifies_rate(const Calibration& calibration);

/// 0 … 1, increasing in the score, exactly 0.5 at the threshold, 0.05 at the median of the normals and 0.95 as far on
/// the other side. Not a probability: x / (1 + |x|), which unlike a logistic curve still tells apart scores a million
/// such distances away.
double confidence(const Calibration& calibration, double score);

/// NaN is written as null.
nlohmann::json json_from_calibration(const Calibration& calibration);
/// Reads every format. Throws InvalidArgument when a field is missing, of the wrong type or out of range.
Calibration calibration_from_json(const nlohmann::json& object);

}  // namespace vigie
