// Makes a set of maps for metrics.py and measures it, so that both sides see the same numbers.
//
// usage: vigie_metrics_bench write FOLDER MAPS SIDE   writes maps.f32 and masks.u8: MAPS x SIDE x SIDE values, no
// header
//        vigie_metrics_bench time FOLDER MAPS SIDE    reads them, prints values, seconds and peak memory as JSON
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "../bench.h"
#include "../peak_memory.h"
#include "../pixel_maps.h"
#include "vigie/core/threads.h"
#include "vigie/metrics/map_check.h"
#include "vigie/metrics/overlap.h"
#include "vigie/metrics/pixel_metrics.h"

namespace {

namespace fs = std::filesystem;
using vigie::DType;
using vigie::fail;
using vigie::ImageEvidence;
using vigie::Tensor;

constexpr double kThreshold = 0.8;  // near the best F1 of such maps

void write_maps(const fs::path& folder, std::int64_t maps, std::int64_t side) {
  std::ofstream scores(folder / "maps.f32", std::ios::binary), labels(folder / "masks.u8", std::ios::binary);
  const auto append = [](std::ofstream& file, const Tensor& tensor) {
    file.write(static_cast<const char*>(tensor.raw()), static_cast<std::streamsize>(tensor.bytes()));
  };
  for (const ImageEvidence& image : vigie::bench::realistic_evidence(maps, side)) {
    append(scores, image.map);
    append(labels, image.mask.empty() ? Tensor::zeros({side, side}, DType::U8) : image.mask);
  }
  scores.flush();
  labels.flush();
  if (!scores || !labels) fail(vigie::ErrorKind::BadFile, "write", "cannot write to {}", folder.string());
}

Tensor read_tensor(std::ifstream& file, std::int64_t side, DType type) {
  Tensor tensor({side, side}, type);
  file.read(static_cast<char*>(tensor.raw()), static_cast<std::streamsize>(tensor.bytes()));
  if (!file) fail(vigie::ErrorKind::BadFile, "read", "maps.f32 or masks.u8 is shorter than MAPS x SIDE x SIDE");
  return tensor;
}

std::vector<ImageEvidence> read_maps(const fs::path& folder, std::int64_t maps, std::int64_t side) {
  std::ifstream scores(folder / "maps.f32", std::ios::binary), labels(folder / "masks.u8", std::ios::binary);
  std::vector<ImageEvidence> images;
  for (std::int64_t i = 0; i < maps; ++i) {
    ImageEvidence image{std::to_string(i), "good", 0, read_tensor(scores, side, DType::F32),
                        read_tensor(labels, side, DType::U8)};
    const auto values = image.map.values<float>();
    image.score = *std::max_element(values.begin(), values.end());
    if (vigie::has_defect(image.mask)) image.defect = "defect " + std::to_string(i % 7);
    images.push_back(std::move(image));
  }
  return images;
}

nlohmann::json measure(const std::vector<ImageEvidence>& images) {
  std::vector<vigie::ScoredMap> maps;
  for (const ImageEvidence& image : images) maps.push_back({image.map, image.mask});
  const auto evaluate = [&] { (void)vigie::evaluate_evidence(images, {kThreshold, kThreshold}); };
  const vigie::bench::PeakMemory memory;
  evaluate();
  nlohmann::json result = {{"threads", vigie::thread_budget()}, {"peak_bytes", memory.bytes()}};
  result["auroc_seconds"] = vigie::bench::median_seconds(3, [&] {
    result["auroc"] = vigie::pixel_metrics(maps, {{}, 0}).auroc;
  });
  result["aupro_seconds"] = vigie::bench::median_seconds(3, [&] { result["aupro"] = vigie::aupro(maps); });
  result["evaluation_seconds"] = vigie::bench::median_seconds(3, evaluate);
  return result;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (argc != 5 || (mode != "write" && mode != "time")) {
    fmt::print(stderr, "usage: vigie_metrics_bench write|time FOLDER MAPS SIDE\n");
    return 2;
  }
  const fs::path folder = argv[2];
  const std::int64_t maps = std::stoll(argv[3]), side = std::stoll(argv[4]);
  if (maps < 4 || side < 64)
    fail(vigie::ErrorKind::InvalidArgument, "vigie_metrics_bench", "at least 4 maps of side 64");
  if (mode == "write")
    write_maps(folder, maps, side);
  else
    fmt::print("{}\n", measure(read_maps(folder, maps, side)).dump());
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
