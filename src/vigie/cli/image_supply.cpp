#include "vigie/cli/image_supply.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>

#include "vigie/core/error.h"
#include "vigie/data/folder_walk.h"

namespace vigie::cli {

namespace {

namespace fs = std::filesystem;
constexpr const char* kStandardInput = "-";

}  // namespace

ImageSupply::ImageSupply(const std::vector<std::string>& inputs, const RunContext& context) : context_(context) {
  for (const std::string& input : inputs) {
    if (input == kStandardInput) {
      live_ = true;
      waiting_.emplace_back(input);
    } else {
      add(input, waiting_);
    }
  }
}

void ImageSupply::add(const fs::path& path, std::deque<fs::path>& out) const {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    out.push_back(path);
    return;
  }
  FolderTree tree = walk_folder(path);
  log_left_out(tree.left_out, path);
  std::vector<fs::path> found = std::move(tree.images);
  // Handed out too: what cannot be read becomes an error among the results, not a gap.
  found.insert(found.end(), tree.other_formats.begin(), tree.other_formats.end());
  found.insert(found.end(), tree.unlisted.begin(), tree.unlisted.end());
  if (found.empty()) fail(ErrorKind::NotFound, "images", "{}: no images in this folder", path.string());
  std::sort(found.begin(), found.end());
  out.insert(out.end(), found.begin(), found.end());
}

// Waits in short turns, since a blocking read would not notice a stop request. A last line may lack its end.
std::optional<std::string> ImageSupply::read_line(const std::stop_token& stop) {
  for (;;) {
    const std::size_t end = unread_.find('\n');
    if (end != std::string::npos || (ended_ && !unread_.empty())) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end == std::string::npos ? end : end + 1);
      if (line.ends_with('\r')) line.pop_back();
      return line;
    }
    if (ended_ || stop.stop_requested()) return std::nullopt;
    context_.check_cancelled("images");
    pollfd waiting{STDIN_FILENO, POLLIN, 0};
    if (poll(&waiting, 1, 100) <= 0) continue;
    char piece[1 << 14];
    const ssize_t got = read(STDIN_FILENO, piece, sizeof piece);
    if (got <= 0)
      ended_ = true;
    else
      unread_.append(piece, static_cast<std::size_t>(got));
  }
}

// A folder that cannot be listed becomes an error among the results, as a missing file does: a line goes on.
void ImageSupply::add_line(const std::string& line) {
  std::deque<fs::path> found;
  try {
    add(line, found);
  } catch (const std::exception&) {
    found = {line};
  }
  waiting_.insert(waiting_.begin(), found.begin(), found.end());
}

std::optional<fs::path> ImageSupply::next(const std::stop_token& stop) {
  context_.check_cancelled("images");
  while (!waiting_.empty() && !stop.stop_requested()) {
    if (waiting_.front() != kStandardInput) {
      fs::path path = std::move(waiting_.front());
      waiting_.pop_front();
      return path;
    }
    const auto line = read_line(stop);
    if (!line)
      waiting_.pop_front();  // the place of standard input
    else if (!line->empty())
      add_line(*line);
  }
  return std::nullopt;
}

}  // namespace vigie::cli
