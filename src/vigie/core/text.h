#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace vigie {

/// Names on disk are bytes; JSON, HTML and CSV are UTF-8. A byte that is not part of valid UTF-8 (RFC 3629) is written
/// as \xHH with two upper-case hex digits; so is the backslash (\x5C) of a text that already holds "\x" and two hex
/// digits. Everything else stays as it is. Different bytes give different texts, and bytes_from_utf8_text() gives the
/// bytes back.
std::string utf8_text(std::string_view bytes);

/// The inverse of utf8_text().
std::string bytes_from_utf8_text(std::string_view text);

/// utf8_text() of a path: how every file that vigie writes spells a name.
std::string utf8_name(const std::filesystem::path& path);

bool is_utf8(std::string_view bytes);

/// Where a valid text may be cut so that at most `bytes` bytes are left and no character is split.
std::size_t utf8_cut(std::string_view text, std::size_t bytes);

/// JSON text of a value; indent as dump() takes it. Names have gone through utf8_name() when they were put in; of what
/// else a user typed, a text that is not UTF-8 is written as utf8_text() does instead of being an error.
std::string json_text(const nlohmann::json& value, int indent = -1);

}  // namespace vigie
