#include "vigie/data/listed_path.h"

#include <algorithm>
#include <system_error>

#include "vigie/data/text_encoding.h"

namespace vigie {

std::filesystem::path listed_path(const std::filesystem::path& folder, const std::string& text) {
  std::string slashes = text;
  std::replace(slashes.begin(), slashes.end(), '\\', '/');
  for (const std::string& name : {text, slashes, utf8_from_windows_1252(text), utf8_from_windows_1252(slashes)}) {
    std::error_code ignored;
    if (std::filesystem::path path = folder / name; std::filesystem::exists(path, ignored)) return path;
  }
  return folder / text;
}

}  // namespace vigie
