#pragma once

#include <deque>
#include <filesystem>
#include <string>
#include <vector>

#include "vigie/data/doctor.h"

namespace vigie {

/// Collects what the doctor sees. Examples name files relative to the root of the data set.
class Findings {
 public:
  /// One kind of trouble, counted file by file.
  class Counter {
   public:
    void count(const std::filesystem::path& file, const std::string& reason = "");
    void count(const std::string& example);

   private:
    friend class Findings;
    const std::filesystem::path* root_ = nullptr;
    Finding::Severity severity_ = Finding::Severity::Note;
    std::string what_, one_, many_;
    std::int64_t files_ = 0;
    std::vector<std::string> examples_;
  };

  explicit Findings(std::filesystem::path root) : root_(std::move(root)) {}
  Findings(const Findings&) = delete;
  Findings& operator=(const Findings&) = delete;

  /// `what` holds one {}, which becomes "1 image" or "7 images". The reference stays valid; uncounted, it is no
  /// finding.
  Counter& add(Finding::Severity severity, std::string what, std::string one, std::string many);
  /// A finding without files.
  void note(Finding::Severity severity, std::string what);

  /// Errors, then warnings, then notes, each in the order they were looked for.
  std::vector<Finding> worst_first() const;

  /// `file` relative to the root.
  std::string name_of(const std::filesystem::path& file) const;

 private:
  std::filesystem::path root_;
  std::deque<Counter> counters_;
};

}  // namespace vigie
