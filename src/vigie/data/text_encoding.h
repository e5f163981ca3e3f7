#pragma once

#include <string>
#include <string_view>

namespace vigie {

/// Text of a file as UTF-8, without a byte order mark: UTF-8 as it is, UTF-16 of either order by its mark or, without
/// one, by the zero bytes of its first letters. `origin` names the text in messages. Throws BadFile: UTF-16 that ends
/// or breaks within a character, UTF-32.
std::string utf8_text(std::string_view bytes, const std::string& origin);

/// Windows-1252 (what Windows programs call ANSI in western Europe) as UTF-8.
std::string utf8_from_windows_1252(std::string_view bytes);

}  // namespace vigie
