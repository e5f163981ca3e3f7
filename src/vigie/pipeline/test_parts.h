#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "vigie/core/random.h"
#include "vigie/io/image.h"
#include "vigie/pipeline/fit.h"

namespace vigie {

// Good parts: a grid with some noise. Bad parts: the same with a bright square, and its mask.
inline Tensor part(Random& random, bool bad) {
  Tensor image({64, 64, 3}, DType::U8);
  for (std::int64_t i = 0; i < image.count(); ++i) {
    const std::int64_t x = i / 3 % 64, y = i / 192;
    const bool line = x % 8 == 0 || y % 8 == 0;
    image.data<std::uint8_t>()[i] = static_cast<std::uint8_t>((line ? 150 : 80) + random.below(20));
  }
  for (std::int64_t y = 20; bad && y < 32; ++y)
    for (std::int64_t x = 30; x < 42; ++x) image.data<std::uint8_t>()[(y * 64 + x) * 3] = 255;
  return image;
}

inline Tensor square_mask() {
  Tensor mask = Tensor::zeros({64, 64}, DType::U8);
  for (std::int64_t y = 20; y < 32; ++y)
    for (std::int64_t x = 30; x < 42; ++x) mask.data<std::uint8_t>()[y * 64 + x] = 255;
  return mask;
}

/// Puts other normals in the place of the data set's own, in the order given.
inline void replace_normals(Dataset& dataset, std::vector<Sample> normals) {
  std::erase_if(dataset.samples, [](const Sample& sample) { return sample.role == Role::Train && sample.is_good(); });
  dataset.samples.insert(dataset.samples.begin(), normals.begin(), normals.end());
}

/// Leaves only the first `count` normals.
inline void keep_normals(Dataset& dataset, std::size_t count) {
  const auto kept = dataset.normals().first(count);
  replace_normals(dataset, {kept.begin(), kept.end()});
}

/// Twelve good parts to learn from, four good and four bad ones to test on, 64 x 64.
class Pipeline : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::path(testing::TempDir()) /
            fmt::format("vigie_pipeline_{}", testing::UnitTest::GetInstance()->random_seed() + getpid());
    std::filesystem::remove_all(root_);
    Random random(1);
    for (int i = 0; i < 12; ++i) write_image(root_ / fmt::format("part/train/good/{:02}.png", i), part(random, false));
    for (int i = 0; i < 4; ++i) {
      write_image(root_ / fmt::format("part/test/good/{:02}.png", i), part(random, false));
      write_image(root_ / fmt::format("part/test/square/{:02}.png", i), part(random, true));
      write_image(root_ / fmt::format("part/ground_truth/square/{:02}_mask.png", i), square_mask());
    }
    dataset_ = read_dataset(root_ / "part");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  FitOptions options(const std::string& detector) const {
    FitOptions out;
    out.detector = detector;
    out.backbone = "filters";
    out.image_size = 64;
    return out;
  }

  std::filesystem::path root_;
  Dataset dataset_;
};

}  // namespace vigie
