#include <algorithm>

#include "vigie/core/error.h"
#include "vigie/data/csv_table.h"
#include "vigie/data/folder_walk.h"
#include "vigie/data/layouts.h"
#include "vigie/io/file.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kLargestTable = std::uintmax_t{1} << 28;

struct Columns {
  explicit Columns(const CsvTable& table)
      : image(table.column("image")),
        label(table.column("label")),
        mask(table.find_column("mask")),
        split(table.find_column("split")) {}
  std::size_t image, label, mask, split;
};

[[noreturn]] void refuse(const CsvTable& table, const CsvTable::Row& row, std::string_view why) {
  fail(ErrorKind::BadFile, "read_dataset", "{}: line {}: {}", table.origin(), row.line, why);
}

Sample sample_of(const CsvTable& table, const CsvTable::Row& row, const Columns& columns, const fs::path& folder) {
  if (row.fields[columns.image].empty()) refuse(table, row, "no image is named");
  const std::string& label = row.fields[columns.label];
  if (label.empty()) refuse(table, row, "no label; write good or the defect's type");
  Sample sample{folder / row.fields[columns.image], {}, label};
  if (means_good(label))
    sample.defect = "good";
  else if (label == "1" || lower_case(label) == "bad")
    sample.defect = "anomaly";
  if (columns.mask != CsvTable::kNone && !row.fields[columns.mask].empty())
    sample.mask = folder / row.fields[columns.mask];
  return sample;
}

bool goes_to_train(const CsvTable& table, const CsvTable::Row& row, const Columns& columns, const Sample& sample) {
  if (columns.split == CsvTable::kNone) return !sample.anomalous();
  const std::string split = lower_case(row.fields[columns.split]);
  if (split == "test") return false;
  if (split != "train") refuse(table, row, fmt::format("split '{}' is neither train nor test", split));
  if (sample.anomalous()) refuse(table, row, fmt::format("a training image must be good, this is '{}'", sample.defect));
  return true;
}

}  // namespace

bool is_csv(const fs::path& path) {
  return fs::is_regular_file(path) && lower_case(path.extension().string()) == ".csv";
}

Dataset read_csv(const fs::path& file) {
  if (!fs::is_regular_file(file)) fail(ErrorKind::BadFile, "read_dataset", "{}: not a file", file.string());
  const CsvTable table(read_file(file, kLargestTable), file.string());
  const Columns columns(table);
  Dataset dataset;
  dataset.name = file.stem().string();
  for (const auto& row : table.rows()) {
    Sample sample = sample_of(table, row, columns, file.parent_path());
    auto& samples = goes_to_train(table, row, columns, sample) ? dataset.train : dataset.test;
    samples.push_back(std::move(sample));
  }
  // Single missing images are the doctor's to list; when none is there, the paths start elsewhere.
  const auto exists = [](const Sample& sample) { return fs::exists(sample.image); };
  if (!table.rows().empty() && std::none_of(dataset.train.begin(), dataset.train.end(), exists) &&
      std::none_of(dataset.test.begin(), dataset.test.end(), exists))
    fail(ErrorKind::BadFile, "read_dataset",
         "{}: none of its {} images exists; paths are relative to the folder of the file", file.string(),
         table.rows().size());
  return dataset;
}

}  // namespace vigie
