#pragma once

#include <filesystem>
#include <string>

namespace vigie {

/// SHA-256 of a file's bytes as 64 lower-case hex digits; reads in pieces. Throws NotFound, Io.
std::string sha256_of(const std::filesystem::path& path);

}  // namespace vigie
