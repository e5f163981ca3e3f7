#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "vigie/nn/passes.h"

namespace vigie::learn {

// Numbers that differ when what a training depends on does (FNV-1a, 64 bits): a resumed run wants the same.

/// Of the graph and every weight.
std::uint64_t fingerprint(const nn::Network& network);
/// Of names, without folders, and contents. Reads every file; throws as read_file does.
std::uint64_t fingerprint(const std::vector<std::filesystem::path>& files);
/// Of names and sizes only, for folders too large to be read for this.
std::uint64_t rough_fingerprint(const std::vector<std::filesystem::path>& files);

}  // namespace vigie::learn
