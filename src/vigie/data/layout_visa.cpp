#include <fmt/ranges.h>

#include <set>

#include "vigie/core/error.h"
#include "vigie/data/csv_table.h"
#include "vigie/data/label_words.h"
#include "vigie/data/layouts.h"
#include "vigie/data/listed_path.h"
#include "vigie/io/file.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kLargestTable = std::uintmax_t{1} << 28;
const fs::path kTable = fs::path("split_csv") / "1cls.csv";

/// The folder that holds split_csv: `path` itself or its parent; empty when neither does.
fs::path visa_base(const fs::path& path) {
  if (fs::exists(path / kTable)) return path;
  const fs::path parent = (path / "..").lexically_normal();
  return fs::exists(parent / kTable) ? parent : fs::path();
}

std::string only_category(const CsvTable& table, const fs::path& base) {
  const std::size_t object = table.column("object");
  std::set<std::string> names;
  for (const auto& row : table.rows()) names.insert(row.fields[object]);
  if (names.size() == 1) return *names.begin();
  fail(ErrorKind::InvalidArgument, "read_dataset", "{}: holds {} categories: {}; name one, e.g. {}", base.string(),
       names.size(), fmt::join(names, ", "), (base / (names.empty() ? "" : *names.begin())).string());
}

bool is_train_row(const CsvTable& table, const CsvTable::Row& row, std::size_t split) {
  const std::string word = lower_case(row.fields[split]);
  if (word != "train" && word != "test")
    fail(ErrorKind::BadFile, "read_dataset", "{}: line {}: split '{}' is neither train nor test", table.origin(),
         row.line, row.fields[split]);
  return word == "train";
}

}  // namespace

bool is_visa(const fs::path& path) {
  return fs::is_directory(path) && !visa_base(path).empty();
}

Dataset read_visa(const fs::path& path) {
  const fs::path base = visa_base(path);
  if (base.empty())
    fail(ErrorKind::BadFile, "read_dataset", "{}: not VisA layout, there is no {} in it or its parent", path.string(),
         kTable.string());
  const CsvTable table(read_file(base / kTable, kLargestTable), (base / kTable).string());
  Dataset dataset;
  dataset.layout = "visa";
  dataset.name = base == path ? only_category(table, base) : fs::weakly_canonical(path).filename().string();
  const std::size_t object = table.column("object"), split = table.column("split"), label = table.column("label");
  const std::size_t image = table.column("image"), mask = table.column("mask");
  for (const auto& row : table.rows()) {
    if (row.fields[object] != dataset.name) continue;
    const bool good = label_of_value(row.fields[label]) == LabelKind::Good;
    const fs::path mask_path = row.fields[mask].empty() ? fs::path() : listed_path(base, row.fields[mask]);
    dataset.samples.push_back({.image = listed_path(base, row.fields[image]),
                               .mask = mask_path,
                               .label = good ? kGood : defect_class(dataset, "anomaly"),
                               .role = is_train_row(table, row, split) ? Role::Train : Role::Test});
  }
  if (dataset.samples.empty())
    fail(ErrorKind::BadFile, "read_dataset", "{}: no row for category '{}'", table.origin(), dataset.name);
  return dataset;
}

}  // namespace vigie
