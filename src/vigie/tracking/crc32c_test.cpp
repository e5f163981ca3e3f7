#include "vigie/tracking/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace vigie {
namespace {

TEST(Crc32c, EqualsPublishedVectors) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(crc32c(""), 0U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);    // RFC 3720, B.4
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);  // RFC 3720, B.4
}

TEST(Crc32c, MaskRotatesAndShifts) {
  const std::uint32_t plain = crc32c("vigie");
  const std::uint32_t shifted = masked_crc32c("vigie") - 0xA282EAD8U;
  EXPECT_EQ((shifted << 15) | (shifted >> 17), plain);
}

}  // namespace
}  // namespace vigie
