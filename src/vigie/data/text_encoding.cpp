#include "vigie/data/text_encoding.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "vigie/core/error.h"

namespace vigie {

namespace {

using namespace std::string_view_literals;

void append_utf8(std::uint32_t code, std::string& out) {
  const auto byte = [&](std::uint32_t value) { out.push_back(static_cast<char>(value)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6U), byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12U), byte(0x80 | (code >> 6U & 0x3F)), byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18U), byte(0x80 | (code >> 12U & 0x3F)), byte(0x80 | (code >> 6U & 0x3F)),
        byte(0x80 | (code & 0x3F));
  }
}

class Utf16Reader {
 public:
  Utf16Reader(std::string_view bytes, bool little, const std::string& origin)
      : bytes_(bytes), little_(little), origin_(origin) {
    if (bytes.size() % 2 != 0) refuse("an odd number of bytes");
  }

  std::string text() {
    std::string out;
    while (at_ < bytes_.size()) {
      std::uint32_t code = unit();
      if (code >= 0xDC00 && code < 0xE000) refuse("the second half of a character stands alone");
      if (code >= 0xD800 && code < 0xDC00) {
        const std::uint32_t second = at_ < bytes_.size() ? unit() : 0;
        if (second < 0xDC00 || second >= 0xE000) refuse("a character breaks off");
        code = 0x10000 + ((code - 0xD800) << 10U) + (second - 0xDC00);
      }
      append_utf8(code, out);
    }
    return out;
  }

 private:
  std::uint32_t unit() {
    const auto first = static_cast<unsigned char>(bytes_[at_]), second = static_cast<unsigned char>(bytes_[at_ + 1]);
    at_ += 2;
    return little_ ? first | static_cast<std::uint32_t>(second) << 8U
                   : second | static_cast<std::uint32_t>(first) << 8U;
  }
  [[noreturn]] void refuse(std::string_view why) const {
    fail(ErrorKind::BadFile, "text", "{}: damaged UTF-16 at byte {}: {}; save it as UTF-8", origin_, at_, why);
  }

  std::string_view bytes_;
  bool little_;
  const std::string& origin_;
  std::size_t at_ = 0;
};

/// Without a mark: latin letters leave every second byte zero.
bool looks_like_utf16(std::string_view bytes, std::size_t zeros_at) {
  const std::string_view start = bytes.substr(0, 64);
  if (start.size() < 4) return false;
  std::size_t zeros = 0, others = 0;
  for (std::size_t i = 0; i < start.size(); ++i) (i % 2 == zeros_at ? zeros : others) += start[i] == '\0';
  return others == 0 && 2 * zeros > start.size() / 2;
}

}  // namespace

std::string utf8_text(std::string_view bytes, const std::string& origin) {
  if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv))
    fail(ErrorKind::BadFile, "text", "{}: its encoding is UTF-32; save it as UTF-8", origin);
  if (bytes.starts_with("\xEF\xBB\xBF"sv)) return std::string(bytes.substr(3));
  if (bytes.starts_with("\xFF\xFE"sv)) return Utf16Reader(bytes.substr(2), true, origin).text();
  if (bytes.starts_with("\xFE\xFF"sv)) return Utf16Reader(bytes.substr(2), false, origin).text();
  if (looks_like_utf16(bytes, 1)) return Utf16Reader(bytes, true, origin).text();
  if (looks_like_utf16(bytes, 0)) return Utf16Reader(bytes, false, origin).text();
  return std::string(bytes);
}

std::string utf8_from_windows_1252(std::string_view bytes) {
  // 0x80 … 0x9F; the rest is Latin-1. The five unused codes stay control characters.
  constexpr std::array<std::uint16_t, 32> kHigh{0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                                0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    append_utf8(byte >= 0x80 && byte < 0xA0 ? kHigh[byte - 0x80] : byte, out);
  }
  return out;
}

}  // namespace vigie
