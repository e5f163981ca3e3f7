#include "vigie/data/csv_table.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "vigie/core/error.h"

namespace vigie {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Walks the text once, one row per call.
class CsvScanner {
 public:
  CsvScanner(std::string_view text, const std::string& origin) : text_(text), origin_(origin) {
    const std::string_view header = text_.substr(0, text_.find('\n'));
    if (header.find(',') == std::string_view::npos && header.find(';') != std::string_view::npos) separator_ = ';';
  }

  /// False at the end of the text.
  bool next(CsvTable::Row& row) {
    if (at_ >= text_.size()) return false;
    row.line = line_;
    row.fields.clear();
    do row.fields.push_back(next_field());
    while (take(separator_));
    take('\r');
    if (take('\n')) ++line_;
    return true;
  }

 private:
  bool ends_field(char c) const { return c == separator_ || c == '\n' || c == '\r'; }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string next_field() {
    const auto start = text_.find_first_not_of(" \t", at_);
    if (start != std::string_view::npos && text_[start] == '"') {
      at_ = start + 1;
      return quoted_field();
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && !ends_field(text_[at_])) ++at_;
    return std::string(trimmed(text_.substr(begin, at_ - begin)));
  }

  std::string quoted_field() {
    const std::size_t opened = line_;
    std::string field;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (c != '"') {
        field.push_back(c);
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        field.push_back('"');
        ++at_;
      } else {
        ++at_;
        skip_to_field_end();
        return field;
      }
    }
    fail(ErrorKind::BadFile, "csv", "{}: line {}: a quote is opened and never closed", origin_, opened);
  }

  void skip_to_field_end() {
    while (at_ < text_.size() && !ends_field(text_[at_])) {
      if (text_[at_] != ' ' && text_[at_] != '\t')
        fail(ErrorKind::BadFile, "csv", "{}: line {}: text after a closing quote", origin_, line_);
      ++at_;
    }
  }

  std::string_view text_;
  const std::string& origin_;
  char separator_ = ',';
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

CsvTable::CsvTable(std::string_view text, std::string origin) : origin_(std::move(origin)) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  CsvScanner scanner(text, origin_);
  Row row;
  while (scanner.next(row)) {
    if (std::all_of(row.fields.begin(), row.fields.end(), [](const auto& f) { return f.empty(); })) continue;
    if (header_.empty()) {
      header_ = row.fields;
      continue;
    }
    if (row.fields.size() != header_.size())
      fail(ErrorKind::BadFile, "csv", "{}: line {} has {} fields, the header has {}", origin_, row.line,
           row.fields.size(), header_.size());
    rows_.push_back(row);
  }
  if (header_.empty()) fail(ErrorKind::BadFile, "csv", "{}: empty, a header row was expected", origin_);
}

std::size_t CsvTable::find_column(std::string_view name) const {
  const auto same = [&](const std::string& title) { return lower_case(title) == lower_case(name); };
  const auto found = std::find_if(header_.begin(), header_.end(), same);
  return found == header_.end() ? kNone : static_cast<std::size_t>(found - header_.begin());
}

std::size_t CsvTable::column(std::string_view name) const {
  const std::size_t index = find_column(name);
  if (index == kNone)
    fail(ErrorKind::BadFile, "csv", "{}: no column '{}'; its columns are {}", origin_, name, fmt::join(header_, ", "));
  return index;
}

}  // namespace vigie
