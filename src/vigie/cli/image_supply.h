#pragma once

#include <deque>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "vigie/core/progress.h"

namespace vigie::cli {

/// The images a command was given, one after the other: files, folders (their images, sorted, with those below and
/// behind links; also images of formats that cannot be read, which become errors; what is left out is logged), and "-"
/// for paths on standard input, one a line, each handed out as soon as it is read, so that a line can feed a running
/// process. Single files are not checked: a missing one becomes an error among the results.
class ImageSupply {
 public:
  /// Lists folders at once. Throws NotFound for a folder without images.
  ImageSupply(const std::vector<std::string>& inputs, const RunContext& context);

  /// The next image, or nullopt at the end or once `stop` is asked. Throws Cancelled while it waits for standard input.
  std::optional<std::filesystem::path> next(const std::stop_token& stop = {});

  /// How many images there will be; 0 when standard input, which may go on for ever, is among the inputs.
  std::int64_t total() const { return live_ ? 0 : static_cast<std::int64_t>(waiting_.size()); }
  /// Whether standard input is among the inputs.
  bool live() const { return live_; }

 private:
  void add(const std::filesystem::path& path, std::deque<std::filesystem::path>& out) const;
  void add_line(const std::string& line);
  std::optional<std::string> read_line(const std::stop_token& stop);

  const RunContext& context_;
  std::deque<std::filesystem::path> waiting_;
  std::string unread_;  ///< of standard input, not yet a line
  bool live_ = false, ended_ = false;
};

}  // namespace vigie::cli
