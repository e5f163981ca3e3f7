#pragma once

#include <filesystem>
#include <string_view>

namespace vigie {

/// A file of TFRecords, open for appending: per record the length (uint64), its masked CRC-32C, the data, their masked
/// CRC-32C, all little-endian. Internal to tracking/.
class EventFile {
 public:
  /// Creates folder/events.out.tfevents.<seconds>.<host>.<process>, with a further number if that exists. Throws Io.
  EventFile(const std::filesystem::path& folder, double unix_seconds);
  ~EventFile();
  EventFile(const EventFile&) = delete;
  EventFile& operator=(const EventFile&) = delete;

  /// The record is with the system when this returns, so that a reader sees it whole. Throws Io.
  void append(std::string_view record);

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace vigie
