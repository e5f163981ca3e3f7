#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "vigie/io/file.h"

namespace vigie {

/// Lines of a long run that must not be lost when it is killed, the power goes or the disk is full. Each line is handed
/// to the system at once and synced to the disk within about a second. What the system refuses waits in memory and is
/// tried again with the next line: one warning, no exception. One thread at a time.
class LineFile {
 public:
  /// To a file. What lies at `path` stays until the first line of this run is on the disk; then the new file takes its
  /// place and grows. Throws Io when it cannot be written at all.
  explicit LineFile(const std::filesystem::path& path);
  /// To an open descriptor, which is not closed; `name` is for messages.
  LineFile(int descriptor, std::string name);
  /// Without finish(), as when a run ends early: keeps the lines so far; without any, what lay at the path.
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  /// Appends `line` and its end.
  void add(std::string_view line);
  /// Last try for what waits, then synced. A run without lines leaves an empty file. Lines that were not written are
  /// lost then, and a line begun is taken back.
  void finish();

  /// Lines not written: waiting, or lost where there is no use in waiting.
  std::int64_t missing() const { return waiting_lines_ + lost_; }
  /// Nobody reads on the other side any more.
  bool closed() const { return closed_; }
  /// The system's last reason; empty while all went well.
  const std::string& fault() const { return fault_; }

 private:
  bool write_waiting();
  bool publish();
  void note(std::string fault);
  void take_back_torn_line();
  void sync_now_and_then(const std::stop_token& stop);

  std::unique_ptr<AtomicFile> file_;  ///< null: a descriptor of someone else
  int descriptor_;
  std::string name_;
  std::string waiting_;  ///< not yet taken by the system
  std::int64_t waiting_lines_ = 0, written_lines_ = 0, lost_ = 0;
  std::int64_t written_ = 0, whole_ = 0;  ///< bytes of this run; of its whole lines
  bool in_place_ = false, closed_ = false, finished_ = false;
  std::string fault_;
  std::atomic<bool> unsynced_ = false;
  std::mutex pause_;
  std::condition_variable_any woken_;
  std::jthread syncer_;  ///< last: it ends before what it uses
};

}  // namespace vigie
