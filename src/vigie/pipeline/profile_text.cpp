#include <fmt/format.h>

#include <algorithm>

#include "vigie/pipeline/profile.h"

namespace vigie {

namespace {

std::string row_of(const Profile& p) {
  std::string row = fmt::format("{:<11} {:<16} {:<5} {:>9}", p.detector, p.backbone, name_of(p.precision),
                                fmt::format("{}x{}", p.width, p.height));
  for (const auto& [name, ms] : stages_of(p)) row += fmt::format(" {:>8.2f}", ms);
  return row + fmt::format(" {:>8.2f} {:>8.2f} {:>8.1f} {:>7.0f} {:>8.0f} {:>5.0f}%\n", p.latency, p.latency_p95,
                           p.images_per_second, static_cast<double>(p.peak_memory_bytes) / 1e6, p.backbone_rate / 1e9,
                           p.limit > 0 ? 100 * p.backbone_rate / p.limit : 0);
}

std::string slowest_of(const Profile& p) {
  const auto stages = stages_of(p);
  const auto slowest = std::ranges::max_element(stages, {}, &std::pair<std::string, double>::second);
  return fmt::format("{} {} {} {}x{}: the {} takes {:.0f} % of the time from file to verdict\n", p.detector, p.backbone,
                     name_of(p.precision), p.width, p.height, slowest->first,
                     100 * slowest->second / (p.decode + p.stages.total()));
}

}  // namespace

std::vector<std::pair<std::string, double>> stages_of(const Profile& p) {
  return {{"decode", p.decode},
          {"resize", p.stages.resize},
          {"backbone", p.stages.backbone},
          {"detector", p.stages.detector},
          {"map", p.stages.map},
          {"decision", p.stages.decision}};
}

std::string table_from_profiles(const std::vector<Profile>& profiles) {
  std::string text = fmt::format("{:<11} {:<16} {:<5} {:>9}", "detector", "backbone", "type", "input");
  for (const auto& [name, ms] : stages_of({})) text += fmt::format(" {:>8}", name);
  text +=
      fmt::format(" {:>8} {:>8} {:>8} {:>7} {:>8} {:>6}\n", "latency", "95 %", "images/s", "MB", "GFLOP/s", "limit");
  for (const Profile& profile : profiles) text += row_of(profile);
  text +=
      "stages, latency: ms, medians one image at a time; latency: pixels in memory to verdict; limit: share of a large "
      "matrix product's rate\n";
  for (const Profile& profile : profiles) text += slowest_of(profile);
  return text;
}

nlohmann::json json_from_profile(const Profile& p) {
  nlohmann::json stages = nlohmann::json::object();
  for (const auto& [name, ms] : stages_of(p)) stages[name] = ms;
  return {{"detector", p.detector},
          {"backbone", p.backbone},
          {"precision", name_of(p.precision)},
          {"height", p.height},
          {"width", p.width},
          {"threads", p.threads},
          {"streams", p.streams},
          {"images", p.images},
          {"stages_ms", std::move(stages)},
          {"latency_ms", p.latency},
          {"latency_p95_ms", p.latency_p95},
          {"images_per_second", p.images_per_second},
          {"peak_memory_bytes", p.peak_memory_bytes},
          {"backbone_flop", p.backbone_flop},
          {"backbone_flop_per_second", p.backbone_rate},
          {"limit_flop_per_second", p.limit}};
}

}  // namespace vigie
