#pragma once

namespace vigie {

/// The version of CMakeLists.txt.
extern const char* const kVersion;

}  // namespace vigie
