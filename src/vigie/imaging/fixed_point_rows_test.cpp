#include "vigie/imaging/fixed_point_rows.h"

#include <gtest/gtest.h>

#include "vigie/imaging/filter_rows.h"
#include "vigie/imaging/test_images.h"

namespace vigie {
namespace {

TEST(FixedPointRows, EqualThePlainSumsToTheBit) {
  if (!FixedPointRows::available()) GTEST_SKIP() << "built without AVX2";
  const std::pair<std::int64_t, std::int64_t> sizes[] = {{900, 256}, {700, 16}, {50, 50}, {31, 200}, {1, 9}, {9, 1}};
  for (const std::int64_t channels : {1, 3})
    for (const auto& [in, out] : sizes) {
      const auto taps = fixed_point_taps(triangle_taps(in, out, 0, out));
      const std::int64_t rows = 7, source_length = in * channels, target_length = out * channels;
      const Tensor image = noise_image<std::uint8_t>({rows * source_length + FixedPointRows::kOverrun}, 5);
      const std::int64_t stride = target_length + FixedPointRows::kOverrun;
      Tensor fast({rows, stride}, DType::U8), plain({rows, stride}, DType::U8);
      const std::uint8_t* source = image.data<std::uint8_t>();
      FixedPointRows(taps, channels).filter(source, source_length, fast.data<std::uint8_t>(), stride, rows);
      for (std::int64_t y = 0; y < rows; ++y) {
        std::uint8_t* wanted = plain.data<std::uint8_t>() + y * stride;
        filter_row(source + y * source_length, wanted, taps, channels);
        ASSERT_TRUE(std::equal(wanted, wanted + target_length, fast.data<std::uint8_t>() + y * stride))
            << in << " to " << out << ", row " << y;
      }
    }
}

TEST(FixedPointRows, KeepWhiteWhite) {
  if (!FixedPointRows::available()) GTEST_SKIP() << "built without AVX2";
  for (const std::int64_t channels : {1, 3}) {
    const auto taps = fixed_point_taps(triangle_taps(100, 33, 0, 33));
    const std::vector<std::uint8_t> white(static_cast<std::size_t>(100 * channels + FixedPointRows::kOverrun), 255);
    std::vector<std::uint8_t> out(static_cast<std::size_t>(33 * channels + FixedPointRows::kOverrun));
    FixedPointRows(taps, channels).filter(white.data(), 100 * channels, out.data(), 33 * channels, 1);
    for (std::int64_t i = 0; i < 33 * channels; ++i) EXPECT_EQ(out[static_cast<std::size_t>(i)], 255);
  }
}

}  // namespace
}  // namespace vigie
