#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vigie {

/// A file or a folder in a data set that is not used, and why. Nothing is left out without such a record.
struct LeftOut {
  enum class Why {
    DefectToLearn,  ///< its own name says defect, its folder good
    MarkedToLearn,  ///< its mask marks a defect (or cannot be read), its folder says good
    UnknownFolder,  ///< a folder whose name says neither good nor defect
    NoLabel,        ///< lies where images have labels, and has none
    NotAPart,       ///< overlays, heat maps, masks of nothing
    LoneMask,       ///< a mask of no image
    OtherFormat,    ///< an image of a format vigie does not read: .webp, .heic …
    NoImage,        ///< not named as an image
    Again,          ///< a folder reached a second time, through a link
    Hidden          ///< hidden (.name) or a system's own: Thumbs.db, __MACOSX …
  };
  Why why = Why::NoImage;
  std::filesystem::path path;  ///< a file, or a folder when `files` counts what lies in it
  std::int64_t files = 1;
};

/// For JSON: "defect_to_learn" …
std::string_view name_of(LeftOut::Why why);

/// Does it concern parts the user may think are used (a warning), or what nobody takes for one (hidden files, texts)?
bool matters(LeftOut::Why why);

struct LeftOutLine {
  LeftOut::Why why;
  std::string text;
};

/// One line for each reason, the gravest first, with counts and the first names relative to `root`:
/// "2 masks without an image are left out: masks/a.png, masks/b.png".
std::vector<LeftOutLine> lines_of(const std::vector<LeftOut>& left_out, const std::filesystem::path& root);

/// Writes these lines to the log: a warning each where it matters, else information.
void log_left_out(const std::vector<LeftOut>& left_out, const std::filesystem::path& root);

}  // namespace vigie
