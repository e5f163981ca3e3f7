#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "vigie/core/error.h"
#include "vigie/data/csv_table.h"
#include "vigie/data/label_words.h"
#include "vigie/data/layout_table.h"
#include "vigie/data/layouts.h"
#include "vigie/data/listed_path.h"
#include "vigie/io/file.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kLargestTable = std::uintmax_t{1} << 28;
constexpr std::size_t kMostLabels = 8;

struct Columns {
  explicit Columns(const CsvTable& table)
      : image(table.column("image")),
        label(table.column("label")),
        mask(table.find_column("mask")),
        split(table.find_column("split")) {}
  std::size_t image, label, mask, split;
};

class CsvSet {
 public:
  explicit CsvSet(const fs::path& file)
      : file_(file), table_(read_file(file, kLargestTable), file.string()), columns_(table_) {}

  Dataset read() {
    refuse_without_good();
    out_.name = file_.stem().string();
    out_.layout = "csv";
    out_.has_split = columns_.split != CsvTable::kNone;
    for (const auto& row : table_.rows()) {
      Sample sample = sample_of(row);
      sample.role = role_of(row, sample);
      out_.samples.push_back(std::move(sample));
    }
    refuse_without_images();
    note_unknown_labels();
    return std::move(out_);
  }

 private:
  [[noreturn]] void refuse(const CsvTable::Row& row, std::string_view why) const {
    fail(ErrorKind::BadFile, "read_dataset", "{}: line {}: {}", table_.origin(), row.line, why);
  }

  Sample sample_of(const CsvTable::Row& row) {
    if (row.fields[columns_.image].empty()) refuse(row, "no image is named");
    const std::string& label = row.fields[columns_.label];
    if (label.empty()) refuse(row, fmt::format("no label; write one of {}, or the defect's type", kGoodWordsShown));
    const fs::path folder = file_.parent_path();
    Sample sample{.image = listed_path(folder, row.fields[columns_.image])};
    const LabelKind kind = label_of_value(label);
    if (kind == LabelKind::NotAPart)
      refuse(row, fmt::format("the label '{}' is that of no part; leave the row out", label));
    sample.label = kind == LabelKind::Good ? kGood : defect_class(out_, type_of(label, kind));
    if (kind == LabelKind::Unknown) ++unknown_[label];
    if (columns_.mask != CsvTable::kNone && !row.fields[columns_.mask].empty())
      sample.mask = listed_path(folder, row.fields[columns_.mask]);
    return sample;
  }

  /// A label that only says "defect" (1, true, NG …) names no type.
  static std::string type_of(const std::string& label, LabelKind kind) {
    const bool plain = label_of(label) != LabelKind::Defect || is_plain_defect(label);
    return kind == LabelKind::Defect && plain ? "anomaly" : label;
  }

  Role role_of(const CsvTable::Row& row, const Sample& sample) const {
    if (columns_.split == CsvTable::kNone) return sample.is_good() ? Role::Train : Role::Test;
    const std::string& split = row.fields[columns_.split];
    const Place place = place_of(split);
    if (place == Place::None || place == Place::Unlabelled)
      refuse(row, fmt::format("split '{}' is neither train nor test; known are {}", split, kSplitsShown));
    if (place == Place::Test || (place == Place::Validation && sample.is_defect())) return Role::Test;
    return Role::Train;
  }

  /// "pass (24), fail (6)": every label of the list.
  std::string labels_listed() const {
    std::map<std::string, std::int64_t> counts;
    for (const auto& row : table_.rows()) ++counts[row.fields[columns_.label]];
    std::vector<std::string> names;
    for (const auto& [label, count] : counts) names.push_back(fmt::format("{} ({})", label, count));
    if (names.size() > kMostLabels) {
      names.resize(kMostLabels);
      names.emplace_back("…");
    }
    return fmt::format("{}", fmt::join(names, ", "));
  }

  void refuse_without_good() const {
    const auto is_good = [&](const CsvTable::Row& row) {
      return label_of_value(row.fields[columns_.label]) == LabelKind::Good;
    };
    if (table_.rows().empty() || std::any_of(table_.rows().begin(), table_.rows().end(), is_good)) return;
    fail(ErrorKind::BadFile, "read_dataset",
         "{}: no label from line {} on says good; the labels are {}. Words for good are {}, 0", table_.origin(),
         table_.rows().front().line, labels_listed(), kGoodWordsShown);
  }

  // Single missing images are the doctor's to list; when none is there, the paths start elsewhere.
  void refuse_without_images() const {
    const auto exists = [](const Sample& sample) { return fs::exists(sample.image); };
    if (out_.samples.empty() || std::any_of(out_.samples.begin(), out_.samples.end(), exists)) return;
    fail(ErrorKind::BadFile, "read_dataset",
         "{}: none of its {} images exists; paths are relative to the folder of the file, the first one was looked for "
         "at {}",
         file_.string(), table_.rows().size(), out_.samples.front().image.string());
  }

  /// A word for good that is not known would make defects of good parts: say what was taken for a defect's type.
  void note_unknown_labels() {
    if (unknown_.empty()) return;
    std::vector<std::string> names;
    for (const auto& [label, count] : unknown_) names.push_back(fmt::format("{} ({})", label, count));
    if (names.size() > kMostLabels) names.resize(kMostLabels), names.emplace_back("…");
    out_.notes.push_back(fmt::format("labels taken for types of defects: {}; words for good are {}",
                                     fmt::join(names, ", "), kGoodWordsShown));
  }

  fs::path file_;
  CsvTable table_;
  Columns columns_;
  std::map<std::string, std::int64_t> unknown_;
  Dataset out_;
};

}  // namespace

bool is_csv(const fs::path& path) {
  const std::string extension = lower_case(path.extension().string());
  return fs::is_regular_file(path) && (extension == ".csv" || extension == ".tsv");
}

Dataset read_csv(const fs::path& file) {
  if (!fs::is_regular_file(file)) fail(ErrorKind::BadFile, "read_dataset", "{}: not a file", file.string());
  return CsvSet(file).read();
}

}  // namespace vigie
