#pragma once

#include <filesystem>
#include <string_view>

#include "vigie/core/progress.h"
#include "vigie/core/random.h"
#include "vigie/core/tensor.h"
#include "vigie/training/distill.h"

namespace vigie::learn {

/// Random crops of photographs, which it holds in memory as they are (3 bytes a pixel).
class PhotoCrops {
 public:
  /// Throws what read_image throws, naming the file; InvalidArgument when they do not fit into memory.
  PhotoCrops(const std::vector<std::filesystem::path>& photos, const DistillOptions& options,
             const RunContext& context);

  std::int64_t count() const { return static_cast<std::int64_t>(photos_.size()); }

  /// One crop of each of these photographs, brought to ImageNet's mean and deviation: F32 [n crop crop 3]. Any part,
  /// mirrored or not either way, other colours, sometimes none. The same seed gives the same crops.
  Tensor crops(const std::vector<std::int64_t>& photos, std::uint64_t seed) const;

  /// 32 crops of photographs in turn, for measuring: the same for the same seed, purpose and batch (0, 1, …).
  Tensor sample(std::uint64_t seed, std::string_view purpose, std::int64_t batch) const;

 private:
  Tensor crop(const Tensor& photo, Random& random) const;

  DistillOptions options_;
  std::vector<Tensor> photos_;  ///< U8 [H W 3]
};

}  // namespace vigie::learn
