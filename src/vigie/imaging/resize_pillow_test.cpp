#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "vigie/imaging/resize.h"
#include "vigie/imaging/test_images.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;

constexpr const char* kScript = R"(
import sys
from PIL import Image
mode, w, h, W, H, how, source, target = sys.argv[1:]
image = Image.frombytes(mode, (int(w), int(h)), open(source, 'rb').read())
out = image.resize((int(W), int(H)), {'bilinear': Image.BILINEAR, 'nearest': Image.NEAREST}[how])
open(target, 'wb').write(out.tobytes())
)";

/// A Python that has Pillow, or "".
std::string python_with_pillow() {
  for (const std::string python : {"/usr/bin/python3", "python3"})
    if (std::system((python + " -c 'from PIL import Image' >/dev/null 2>&1").c_str()) == 0) return python;
  return "";
}

class ResizeAgainstPillow : public testing::Test {
 protected:
  void SetUp() override {
    python_ = python_with_pillow();
    if (python_.empty()) GTEST_SKIP() << "no Python with Pillow on this machine";
    fs::create_directories(folder_);
    std::ofstream(folder_ / "resize.py") << kScript;
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// The bytes Pillow makes of `image`.
  std::string pillow(const Tensor& image, std::int64_t height, std::int64_t width, const std::string& how) const {
    const std::string mode = image.dtype() == DType::F32 ? "F" : image.rank() == 3 && image.dim(2) == 3 ? "RGB" : "L";
    std::ofstream(folder_ / "in", std::ios::binary)
        .write(static_cast<const char*>(image.raw()), static_cast<std::streamsize>(image.bytes()));
    const std::string command = fmt::format("{0} {1}/resize.py {2} {3} {4} {5} {6} {7} {1}/in {1}/out", python_,
                                            folder_.string(), mode, image.dim(1), image.dim(0), width, height, how);
    if (std::system(command.c_str()) != 0) return "";
    std::ostringstream bytes;
    bytes << std::ifstream(folder_ / "out", std::ios::binary).rdbuf();
    return bytes.str();
  }

  const fs::path folder_ = fs::temp_directory_path() / fmt::format("vigie_pillow_{}", ::getpid());
  std::string python_;
};

std::string bytes_of(const Tensor& image) {
  return {static_cast<const char*>(image.raw()), image.bytes()};
}

TEST_F(ResizeAgainstPillow, EightBitBilinearIsEqualToTheBit) {
  const Shape shapes[] = {{300, 300, 3}, {341, 513, 3}, {128, 97, 1}, {20, 31, 3}, {1, 50, 3}, {1000, 8, 1}};
  const std::pair<std::int64_t, std::int64_t> targets[] = {{256, 256}, {64, 64}, {128, 200}};
  for (const Shape& shape : shapes)
    for (const auto& [height, width] : targets) {
      const Tensor image = noise_image<std::uint8_t>(shape, 11);
      EXPECT_TRUE(bytes_of(resize_antialiased(image, height, width)) == pillow(image, height, width, "bilinear"))
          << to_string(shape) << " to " << height << "x" << width;
    }
}

TEST_F(ResizeAgainstPillow, FloatBilinearAgreesToSixDigits) {
  const Tensor image = noise_image<float>({211, 97}, 12);
  const std::string wanted = pillow(image, 64, 128, "bilinear");
  const Tensor out = resize_antialiased(image, 64, 128);
  ASSERT_EQ(wanted.size(), out.bytes());
  const auto* values = reinterpret_cast<const float*>(wanted.data());
  for (std::int64_t i = 0; i < out.count(); ++i) ASSERT_NEAR(out.data<float>()[i], values[i], 1e-6);
}

TEST_F(ResizeAgainstPillow, NearestIsEqualToTheBit) {
  const std::pair<Shape, Shape> cases[] = {{{900, 900, 1}, {256, 256}}, {{341, 513, 3}, {256, 385}},
                                           {{97, 120, 3}, {256, 316}},  {{1024, 1024, 1}, {256, 256}},
                                           {{700, 300, 1}, {597, 256}}, {{7, 11, 3}, {300, 1000}}};
  for (const auto& [shape, target] : cases) {
    const Tensor image = noise_image<std::uint8_t>(shape, 13);
    EXPECT_TRUE(bytes_of(resize_nearest(image, target[0], target[1])) == pillow(image, target[0], target[1], "nearest"))
        << to_string(shape) << " to " << to_string(target);
  }
}

}  // namespace
}  // namespace vigie
