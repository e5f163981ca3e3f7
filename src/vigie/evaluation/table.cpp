#include <algorithm>

#include "vigie/evaluation/format.h"
#include "vigie/evaluation/run_record.h"
#include "vigie/evaluation/run_summary.h"

namespace vigie {
namespace {

using Row = std::vector<std::string>;

/// Characters on the screen: UTF-8 continuation bytes take no room.
std::size_t display_width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::vector<std::size_t> column_widths(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  return widths;
}

/// The first `texts` columns are flush left, numbers flush right.
std::string line_from_row(const Row& row, const std::vector<std::size_t>& widths, std::size_t texts) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string padding(widths[i] - display_width(row[i]), ' ');
    if (i > 0) line += "  ";
    line += i < texts ? row[i] + padding : padding + row[i];
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

Row text_cells(const std::string& category, const RunRecord& run, const std::string& variant, bool with_variant) {
  Row row{category, run.detector, run.backbone.empty() ? "-" : run.backbone};
  if (with_variant) row.push_back(variant);
  return row;
}

Row header_row(bool with_variant) {
  Row row{"category", "detector", "backbone"};
  if (with_variant) row.emplace_back("variant");
  row.emplace_back("seed");
  for (const RunColumn& column : run_columns()) row.emplace_back(column.title);
  return row;
}

}  // namespace

std::string table_from_runs(const std::vector<RunRecord>& runs) {
  const std::vector<std::string> variants = run_variants(runs);
  const bool with_variant =
      std::any_of(variants.begin(), variants.end(), [](const auto& text) { return !text.empty(); });
  std::vector<Row> rows{header_row(with_variant)};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    Row row = text_cells(runs[i].category, runs[i], variants[i], with_variant);
    row.push_back(std::to_string(runs[i].seed));
    for (const RunColumn& column : run_columns()) row.push_back(format_number(column.value(runs[i]), column.digits));
    rows.push_back(std::move(row));
  }
  for (const RunGroup& group : group_runs(runs)) {
    if (group.runs.size() < 2) continue;
    Row row = text_cells(fmt::format("mean of {}", group.runs.size()), *group.runs[0], group.variant, with_variant);
    row.emplace_back("");
    for (const RunColumn& column : run_columns()) row.push_back(format_spread(spread_of(group, column), column.digits));
    rows.push_back(std::move(row));
  }

  const std::vector<std::size_t> widths = column_widths(rows);
  std::size_t width = 2 * (widths.size() - 1);
  for (const std::size_t column : widths) width += column;
  std::string rule;
  for (std::size_t i = 0; i < width; ++i) rule += "─";
  std::string table;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == 1 || (i == runs.size() + 1 && i > 1)) table += rule + '\n';
    table += line_from_row(rows[i], widths, with_variant ? 4 : 3);
  }
  return table;
}

}  // namespace vigie
