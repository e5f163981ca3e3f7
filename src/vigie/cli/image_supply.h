#pragma once

#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "vigie/core/progress.h"

namespace vigie::cli {

/// The images a command was given, one after the other: files, folders (their images, sorted, with those below), and
/// "-" for paths on standard input, one a line, each handed out as soon as it is read, so that a line can feed a
/// running process. Single files are not checked: a missing one becomes an error among the results.
class ImageSupply {
 public:
  /// Lists folders at once. Throws NotFound for a folder without images.
  ImageSupply(const std::vector<std::string>& inputs, const RunContext& context);

  /// The next image, or nullopt at the end. Throws Cancelled while it waits for standard input.
  std::optional<std::filesystem::path> next();

  /// Images known so far that were not handed out.
  std::int64_t known() const { return static_cast<std::int64_t>(waiting_.size()); }
  /// Whether standard input is among the inputs.
  bool live() const { return live_; }

 private:
  void add(const std::filesystem::path& path, std::deque<std::filesystem::path>& out) const;
  std::optional<std::string> read_line();

  const RunContext& context_;
  std::deque<std::filesystem::path> waiting_;
  std::string unread_;  ///< of standard input, not yet a line
  bool live_ = false, ended_ = false;
};

}  // namespace vigie::cli
