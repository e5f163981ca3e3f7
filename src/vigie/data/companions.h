#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "vigie/data/label_words.h"

namespace vigie {

/// A name with the word of a companion taken off: "000_mask", "mask-000", "000_GT2" -> "000".
struct CompanionName {
  std::string base;
  CompanionWord word = CompanionWord::None;
};
/// Nullopt when no such word stands at the end (a number may follow) or at the beginning, or nothing else is left.
std::optional<CompanionName> companion_name(const std::string& stem);

/// Files of one folder that show no part of their own but go with one: masks, overlays, heat maps.
struct Companion {
  std::filesystem::path file;
  std::filesystem::path image;  ///< empty: there is no such image in the folder
  bool mask = false;            ///< else a picture drawn for people
};
/// The companions among the images of one folder. Where every file is called so (a folder of masks, or a product called
/// "label"), none is, but those that name a file: "000.png.overlay.png".
std::vector<Companion> companions_among(const std::vector<std::filesystem::path>& files);

}  // namespace vigie
