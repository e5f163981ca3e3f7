#include "vigie/data/folder_walk.h"

#include <algorithm>
#include <array>
#include <set>
#include <system_error>

#include "vigie/core/error.h"
#include "vigie/data/csv_table.h"
#include "vigie/io/image.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

bool is_hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> entries;
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error))
    if (!is_hidden(at->path())) entries.push_back(at->path());
  if (error) fail(ErrorKind::Io, "list_folder", "{}: {}", folder.string(), error.message());
  std::sort(entries.begin(), entries.end());
  return entries;
}

void collect_below(const fs::path& folder, std::set<fs::path>& visited, std::vector<fs::path>& images) {
  std::error_code error;
  const fs::path real = fs::canonical(folder, error);
  if (error || !visited.insert(real).second) return;
  const auto here = images_in(folder);
  images.insert(images.end(), here.begin(), here.end());
  for (const fs::path& sub : subfolders(folder)) collect_below(sub, visited, images);
}

}  // namespace

std::vector<fs::path> subfolders(const fs::path& folder) {
  std::vector<fs::path> entries = sorted_entries(folder);
  std::error_code ignored;  // a dangling link is no folder
  std::erase_if(entries, [&](const fs::path& entry) { return !fs::is_directory(entry, ignored); });
  return entries;
}

std::vector<fs::path> images_in(const fs::path& folder) {
  std::vector<fs::path> entries = sorted_entries(folder);
  std::error_code ignored;
  std::erase_if(entries,
                [&](const fs::path& entry) { return !has_image_extension(entry) || fs::is_directory(entry, ignored); });
  return entries;
}

std::vector<fs::path> images_below(const fs::path& folder) {
  std::set<fs::path> visited;
  std::vector<fs::path> images;
  collect_below(folder, visited, images);
  std::sort(images.begin(), images.end());
  return images;
}

bool means_good(std::string_view label) {
  constexpr std::array<std::string_view, 4> words{"good", "normal", "ok", "0"};
  return std::find(words.begin(), words.end(), lower_case(label)) != words.end();
}

}  // namespace vigie
