#pragma once

#include <cstdint>
#include <string_view>

namespace vigie {

/// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78), as of iSCSI: RFC 3720, B.4.
std::uint32_t crc32c(std::string_view bytes);

/// The rotated and shifted form that TFRecord files hold, so that a checksum of data with checksums stays useful.
std::uint32_t masked_crc32c(std::string_view bytes);

}  // namespace vigie
