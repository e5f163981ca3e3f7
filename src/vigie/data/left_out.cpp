#include "vigie/data/left_out.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "vigie/core/log.h"
#include "vigie/data/csv_table.h"

namespace vigie {

namespace {

using Why = LeftOut::Why;

struct WhyRow {
  Why why;
  std::string_view name;
  bool matters;
  std::string_view one, many;  ///< {} is the number
};

constexpr WhyRow kRows[] = {
    {Why::DefectToLearn, "defect_to_learn", true, "{} image named as a defect in a folder of good parts is left out",
     "{} images named as defects in folders of good parts are left out"},
    {Why::MarkedToLearn, "marked_to_learn", true,
     "{} image in a folder of good parts is left out, whose mask marks a defect (or cannot be read)",
     "{} images in folders of good parts are left out, whose masks mark a defect (or cannot be read)"},
    {Why::UnknownFolder, "unknown_folder", true,
     "{} image is left out, in a folder named neither as good nor as a defect",
     "{} images are left out, in folders named neither as good nor as defects"},
    {Why::NoLabel, "no_label", true, "{} image is left out, without a folder that says whether it is good",
     "{} images are left out, without a folder that says whether they are good"},
    {Why::NotAPart, "not_a_part", true, "{} picture of no part (mask, overlay, heat map …) is left out",
     "{} pictures of no part (masks, overlays, heat maps …) are left out"},
    {Why::LoneMask, "mask_without_image", true, "{} mask without an image is left out",
     "{} masks without an image are left out"},
    {Why::OtherFormat, "other_format", true, "{} image of a format that vigie does not read is left out",
     "{} images of formats that vigie does not read are left out"},
    {Why::NoImage, "no_image", false, "{} file that is not named as an image is left out",
     "{} files that are not named as images are left out"},
    {Why::Again, "again", false, "{} folder reached a second time through a link is read once",
     "{} folders reached a second time through links are read once"},
    {Why::Hidden, "hidden", false, "{} hidden or system file is left out", "{} hidden or system files are left out"},
};

constexpr std::size_t kMostNames = 6;

const WhyRow& row_of(Why why) {
  return *std::find_if(std::begin(kRows), std::end(kRows), [&](const WhyRow& row) { return row.why == why; });
}

std::string shown(const LeftOut& one, const std::filesystem::path& root) {
  std::string name = one.path.lexically_proximate(root).generic_string();
  if (name == ".") name = root.generic_string();
  return one.files == 1 ? name : fmt::format("{} ({})", name, one.files);
}

/// "10 .webp, 2 .heic": the most frequent first.
std::string extensions_of(const std::vector<const LeftOut*>& all) {
  std::map<std::string, std::int64_t> counts;
  for (const LeftOut* one : all) {
    const std::string extension = lower_case(one->path.extension().string());
    counts[extension.empty() ? "without extension" : extension] += one->files;
  }
  std::vector<std::pair<std::string, std::int64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [extension, count] : sorted)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, extension);
  return text;
}

std::string names_of(const std::vector<const LeftOut*>& all, const std::filesystem::path& root) {
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), kMostNames); ++i)
    text += (i == 0 ? "" : ", ") + shown(*all[i], root);
  if (all.size() > kMostNames) text += fmt::format(" and {} more", all.size() - kMostNames);
  return text;
}

std::string line_of(const WhyRow& row, const std::vector<const LeftOut*>& all, const std::filesystem::path& root) {
  std::int64_t files = 0;
  for (const LeftOut* one : all) files += one->files;
  const std::string head = fmt::format(fmt::runtime(files == 1 ? row.one : row.many), files);
  if (row.why == Why::OtherFormat || row.why == Why::NoImage)
    return fmt::format("{}: {}; first {}", head, extensions_of(all), shown(*all.front(), root));
  return fmt::format("{}: {}", head, names_of(all, root));
}

}  // namespace

std::string_view name_of(Why why) {
  return row_of(why).name;
}

bool matters(Why why) {
  return row_of(why).matters;
}

std::vector<LeftOutLine> lines_of(const std::vector<LeftOut>& left_out, const std::filesystem::path& root) {
  std::vector<LeftOutLine> lines;
  for (const WhyRow& row : kRows) {
    std::vector<const LeftOut*> all;
    for (const LeftOut& one : left_out)
      if (one.why == row.why) all.push_back(&one);
    if (!all.empty()) lines.push_back({row.why, line_of(row, all, root)});
  }
  return lines;
}

void log_left_out(const std::vector<LeftOut>& left_out, const std::filesystem::path& root) {
  for (const LeftOutLine& line : lines_of(left_out, root)) {
    if (matters(line.why))
      log_warning("{}", line.text);
    else
      log_info("{}", line.text);
  }
}

}  // namespace vigie
