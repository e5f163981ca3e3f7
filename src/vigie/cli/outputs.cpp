#include "vigie/cli/outputs.h"

#include <fmt/format.h>

#include <algorithm>

#include "vigie/core/error.h"
#include "vigie/core/random.h"
#include "vigie/core/text.h"
#include "vigie/io/file.h"
#include "vigie/io/image.h"
#include "vigie/io/safetensors.h"

namespace vigie::cli {

namespace {

namespace fs = std::filesystem;

constexpr const char* kWhere = "output";
constexpr std::size_t kLongestName = 255;  ///< bytes, of nearly all file systems

std::string_view name_of(FileKind kind) {
  switch (kind) {
    case FileKind::Model:
      return "a vigie model";
    case FileKind::Weights:
      return "a safetensors file";
    case FileKind::Json:
      return "a JSON file";
    case FileKind::Html:
      return "an HTML page";
    case FileKind::Csv:
      return "a CSV file";
  }
  return "";
}

bool is_safetensors(const fs::path& path, bool of_vigie) {
  try {
    return read_safetensors_metadata(path).contains("vigie") || !of_vigie;
  } catch (const Error&) {
    return false;
  }
}

/// Whether the first character that is no space, after a byte order mark, is one of these; also when there is none.
bool begins_with_one_of(std::string_view wanted, std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  const std::size_t at = text.find_first_not_of(" \t\r\n");
  return at == std::string_view::npos || wanted.find(text[at]) != std::string_view::npos;
}

bool is_of_kind(const fs::path& path, FileKind kind) {
  constexpr std::size_t kLooked = 4096;
  if (kind == FileKind::Model || kind == FileKind::Weights) return is_safetensors(path, kind == FileKind::Model);
  const std::string start = read_file_start(path, kLooked);
  if (kind == FileKind::Json) return begins_with_one_of("{[", start);
  if (kind == FileKind::Html) return begins_with_one_of("<", start);
  return start.find('\0') == std::string::npos &&
         is_utf8(std::string_view(start).substr(0, utf8_cut(start, kLooked - 4)));
}

bool same_file(const fs::path& a, const fs::path& b) {
  std::error_code missing;
  return fs::equivalent(a, b, missing) && !missing;
}

/// Also of files that do not exist yet.
bool same_place(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return same_file(a, b) || fs::weakly_canonical(a, ignored) == fs::weakly_canonical(b, ignored);
}

void check_output(const Output& output, const std::vector<fs::path>& inputs) {
  std::error_code missing;
  const fs::file_status status = fs::status(output.path, missing);
  if (fs::is_character_file(status) || fs::is_fifo(status)) return;
  for (const fs::path& input : inputs)
    if (!input.empty() && same_file(output.path, input))
      fail(ErrorKind::InvalidArgument, kWhere, "{} {}: the command reads this file{}; name another one", output.flag,
           output.path.string(), output.path == input ? "" : fmt::format(" (as {})", input.string()));
  if (has_image_extension(output.path) || has_image_extension(fs::weakly_canonical(output.path, missing)))
    fail(ErrorKind::InvalidArgument, kWhere, "{} {}: the name of an image, but {} would be written; name another file",
         output.flag, output.path.string(), name_of(output.kind));
  if (fs::is_regular_file(status) && fs::file_size(output.path, missing) > 0 && !is_of_kind(output.path, output.kind))
    fail(ErrorKind::InvalidArgument, kWhere,
         "{} {}: exists and is not {}; name another file, or remove it if it is not needed", output.flag,
         output.path.string(), name_of(output.kind));
}

/// `inner` is `outer` or lies below it.
bool lies_in(const fs::path& inner, const fs::path& outer) {
  const fs::path in = fs::weakly_canonical(inner), out = fs::weakly_canonical(outer);
  return std::mismatch(out.begin(), out.end(), in.begin(), in.end()).first == out.end();
}

fs::path below(const fs::path& folder, const fs::path& image) {
  fs::path name;
  for (const fs::path& part : image.relative_path().lexically_normal()) name /= part == ".." ? fs::path("up") : part;
  return folder / name;
}

}  // namespace

void refuse_overwrite(const std::vector<Output>& outputs, const std::vector<fs::path>& inputs) {
  std::vector<const Output*> seen;
  for (const Output& output : outputs) {
    if (output.path.empty()) continue;
    check_output(output, inputs);
    for (const Output* other : seen)
      if (same_place(other->path, output.path) && !fs::is_character_file(output.path))
        fail(ErrorKind::InvalidArgument, kWhere, "{} and {} both name {}", other->flag, output.flag,
             output.path.string());
    seen.push_back(&output);
  }
  for (const Output* output : seen) check_writable(output->path);
}

fs::path picture_path(const fs::path& folder, const fs::path& image, std::string_view kind) {
  const fs::path plain = below(folder, image);
  const std::string ending = fmt::format(".{}.png", kind);
  std::string name = plain.filename().string();
  if (name.size() + ending.size() > kLongestName) {
    const std::string hash = fmt::format("~{:016x}", fnv1a(name));
    name = name.substr(0, utf8_cut(name, kLongestName - ending.size() - hash.size())) + hash;
  }
  return plain.parent_path() / (name + ending);
}

void refuse_pictures_among_parts(const fs::path& folder, const std::vector<std::string>& inputs) {
  if (folder.empty()) return;
  for (const std::string& input : inputs)
    for (const std::string& other : inputs)
      if (fs::is_directory(other) && (lies_in(below(folder, input), other) || lies_in(folder, other)))
        fail(ErrorKind::InvalidArgument, kWhere,
             "--images {}: its pictures would lie among the parts in {}, where the next run would inspect them; name a "
             "folder beside it",
             folder.string(), other);
}

bool lies_beside(const fs::path& file, const fs::path& other) {
  std::error_code ignored;
  return fs::weakly_canonical(fs::absolute(file).parent_path(), ignored) ==
         fs::weakly_canonical(fs::absolute(other).parent_path(), ignored);
}

}  // namespace vigie::cli
