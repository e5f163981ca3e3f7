#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "vigie/core/progress.h"
#include "vigie/io/image.h"
#include "vigie/pipeline/inspector.h"

namespace vigie {

/// Where the time of an inspection goes on this machine. Times in milliseconds, medians over the images inspected one
/// by one with all threads.
struct Profile {
  std::string detector, backbone;
  Precision precision = Precision::F32;  ///< what the network really ran in
  std::int64_t height = 0, width = 0;    ///< network input, pixels
  int threads = 1, streams = 1;
  std::int64_t images = 0;              ///< inspections measured
  double decode = 0;                    ///< file (in the page cache) to pixels
  StageTimes stages;                    ///< pixels to verdict
  double latency = 0, latency_p95 = 0;  ///< pixels to verdict; not the sum of medians
  double images_per_second = 0;         ///< files to verdicts, `streams` at a time
  std::int64_t peak_memory_bytes = 0;   ///< of the whole process while inspecting
  double backbone_flop = 0;             ///< of one image
  double backbone_rate = 0,
         limit = 0;  ///< operations per second reached by the network; measured limit of its precision
};

struct ProfileOptions {
  int repeats = 30;  ///< inspections for latency, and again as many for throughput; at least 5
  int streams = 0;   ///< images at once for throughput; 0: one per thread
  ImageReadOptions reading = {};
};

/// Inspects the images in turn, over and over, until `repeats` is reached, after three to warm up. `limits`: from
/// measure_limit(), by precision. Throws NotFound / BadFile for images that cannot be read, Cancelled.
Profile profile(const Inspector& inspector, const std::vector<std::filesystem::path>& images,
                const std::map<Precision, double>& limits, const ProfileOptions& options, const RunContext& context);

/// Stages with their names, in order: decode, resize, backbone, detector, map, decision.
std::vector<std::pair<std::string, double>> stages_of(const Profile& profile);

/// A table for people, one row a profile, and below it which stage is slow.
std::string table_from_profiles(const std::vector<Profile>& profiles);
nlohmann::json json_from_profile(const Profile& profile);

}  // namespace vigie
