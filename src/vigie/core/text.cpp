#include "vigie/core/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace vigie {

namespace {

unsigned byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

/// The least and largest second byte after a lead byte: neither longer than needed, nor a surrogate, nor beyond
/// U+10FFFF.
std::pair<unsigned, unsigned> second_byte_range(unsigned lead) {
  switch (lead) {
    case 0xE0:
      return {0xA0, 0xBF};
    case 0xED:
      return {0x80, 0x9F};
    case 0xF0:
      return {0x90, 0xBF};
    case 0xF4:
      return {0x80, 0x8F};
    default:
      return {0x80, 0xBF};
  }
}

std::size_t stated_length(unsigned lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

/// Bytes of the valid character at i; 0 when there is none.
std::size_t character_length(std::string_view text, std::size_t i) {
  const std::size_t length = stated_length(byte_at(text, i));
  if (length == 0 || i + length > text.size()) return 0;
  for (std::size_t k = 1; k < length; ++k) {
    const auto [least, most] = k == 1 ? second_byte_range(byte_at(text, i)) : std::pair(0x80U, 0xBFU);
    if (byte_at(text, i + k) < least || byte_at(text, i + k) > most) return 0;
  }
  return length;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// The byte that the four characters at i stand for; -1 when they are not \xHH.
int escaped_byte(std::string_view text, std::size_t i) {
  if (i + 4 > text.size() || text[i] != '\\' || text[i + 1] != 'x') return -1;
  const int high = hex_value(text[i + 2]), low = hex_value(text[i + 3]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

nlohmann::json valid_copy(const nlohmann::json& value) {
  const auto valid = [](const std::string& text) { return is_utf8(text) ? text : utf8_text(text); };
  if (value.is_string()) return valid(value.get_ref<const std::string&>());
  if (!value.is_structured()) return value;
  nlohmann::json copy = value.is_array() ? nlohmann::json::array() : nlohmann::json::object();
  if (value.is_array())
    for (const auto& entry : value) copy.push_back(valid_copy(entry));
  else
    for (const auto& [key, entry] : value.items()) copy[valid(key)] = valid_copy(entry);
  return copy;
}

}  // namespace

std::string utf8_text(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t length = character_length(bytes, i);
    if (length == 0 || escaped_byte(bytes, i) >= 0)
      text += fmt::format("\\x{:02X}", byte_at(bytes, i));
    else
      text += bytes.substr(i, length);
    i += std::max<std::size_t>(length, 1);
  }
  return text;
}

std::string bytes_from_utf8_text(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size();) {
    const int byte = escaped_byte(text, i);
    bytes += byte >= 0 ? static_cast<char>(byte) : text[i];
    i += byte >= 0 ? 4 : 1;
  }
  return bytes;
}

std::string utf8_name(const std::filesystem::path& path) {
  return utf8_text(path.native());
}

bool is_utf8(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t length = character_length(bytes, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

std::size_t utf8_cut(std::string_view text, std::size_t bytes) {
  if (bytes >= text.size()) return text.size();
  while (bytes > 0 && (byte_at(text, bytes) & 0xC0U) == 0x80) --bytes;
  return bytes;
}

std::string json_text(const nlohmann::json& value, int indent) {
  try {
    return value.dump(indent);
  } catch (const nlohmann::json::type_error&) {
    return valid_copy(value).dump(indent);
  }
}

}  // namespace vigie
