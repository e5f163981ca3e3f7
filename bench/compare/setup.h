#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "vigie/detectors/detector.h"
#include "vigie/engine/engine.h"

namespace vigie::bench {

/// What the commands of vigie_compare share.
struct CompareOptions {
  std::filesystem::path folder;  ///< what network_torch.py export wrote: weights, one network input
  std::filesystem::path parts;   ///< a data set in MVTec AD layout
  std::filesystem::path bank;    ///< memory bank as raw F32 rows; fit writes it, predict reads it
  std::string precision = "f32";
  std::int64_t rows = 16'385;  ///< predict: the first rows of the bank
  std::int64_t images = 208;   ///< fit
  std::string network = "wide_resnet50_2";
  std::filesystem::path model;        ///< inspect
  std::int64_t streams = 1;           ///< inspect
  std::string backbone = "resnet18";  ///< fit-model
  bool exact_picks = false;           ///< fit: pick the coreset in f32, as `vigie fit` does unless told --fast-fit
};

constexpr std::int64_t kSide = 224;  ///< network input, pixels
constexpr std::int64_t kBatch = 8;   ///< images per call where throughput counts

/// The first `count` good training images as network input F32 [count 224 224 3], published protocol.
Tensor read_inputs(const std::filesystem::path& parts, std::int64_t count);
/// The input that every side of the comparison is timed on: F32 [1 224 224 3].
Tensor stored_input(const std::filesystem::path& folder);
/// Rows of raw F32, all of the file.
Tensor read_rows(const std::filesystem::path& path, std::int64_t dims);
void write_rows(const std::filesystem::path& path, const Tensor& rows);

/// A resnet to layer2 and layer3 with the weights that the other sides have too.
nn::Network stored_network(const std::filesystem::path& folder, const std::string& name = "wide_resnet50_2");
/// In the precision wanted, or the next one down that runs here; int8 ranges measured on `normals` F32 [N 224 224 3].
Engine engine_for(const nn::Network& network, Precision wanted, const Tensor& normals);
/// stored_network() in the precision of the options, ranges from 16 of the parts.
Engine open_engine(const CompareOptions& options);

/// Features of inputs held in memory, computed anew at every pass, as fitting does.
class MemoryStream : public FeatureStream {
 public:
  MemoryStream(Tensor inputs, const Engine& engine) : inputs_(std::move(inputs)), engine_(engine) {}
  std::int64_t image_count() const override { return inputs_.dim(0); }
  ClassLabel label(std::int64_t) const override { return kGood; }
  void for_each(const std::function<void(const Features&, std::int64_t first)>& visit) const override;

 private:
  Tensor inputs_;
  const Engine& engine_;
};

/// Root mean square of each output: equal on every side when the work is the same.
nlohmann::json fingerprint(const std::vector<Tensor>& outputs);

}  // namespace vigie::bench
