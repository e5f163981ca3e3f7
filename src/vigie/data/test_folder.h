#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "vigie/core/random.h"
#include "vigie/core/tensor.h"
#include "vigie/io/image.h"

namespace vigie {

/// A folder of its own for each test, removed at the end.
class TestFolder : public testing::Test {
 protected:
  TestFolder() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() / fmt::format("vigie_{}_{}", info->name(), ::getpid());
    std::filesystem::create_directories(folder_);
  }
  ~TestFolder() override { std::filesystem::remove_all(folder_); }

  /// An image of noise; every seed gives other pixels.
  void draw(const std::string& name, std::uint64_t seed, std::int64_t channels = 3, std::int64_t side = 16) const {
    Tensor image({side, side, channels}, DType::U8);
    Random random(seed);
    for (auto& pixel : image.values<std::uint8_t>()) pixel = static_cast<std::uint8_t>(random.next());
    write_image(folder_ / name, image);
  }
  /// A mask with the rectangle [0, width) x [0, height) set.
  void draw_mask(const std::string& name, std::int64_t width, std::int64_t height, std::int64_t side = 16) const {
    Tensor mask = Tensor::zeros({side, side}, DType::U8);
    for (std::int64_t y = 0; y < height; ++y)
      for (std::int64_t x = 0; x < width; ++x) mask.data<std::uint8_t>()[y * side + x] = 255;
    write_image(folder_ / name, mask);
  }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  /// Twelve training images, two good test images, two scratches with masks.
  void draw_mvtec(const std::string& root = "") const {
    const std::string at = root.empty() ? "" : root + "/";
    for (int i = 0; i < 12; ++i) draw(fmt::format("{}train/good/{:03}.png", at, i), 100 + i);
    for (int i = 0; i < 2; ++i) {
      draw(fmt::format("{}test/good/{:03}.png", at, i), 200 + i);
      draw(fmt::format("{}test/scratch/{:03}.png", at, i), 300 + i);
      draw_mask(fmt::format("{}ground_truth/scratch/{:03}_mask.png", at, i), 3, 2 + i);
    }
  }

  std::filesystem::path folder_;
};

}  // namespace vigie
