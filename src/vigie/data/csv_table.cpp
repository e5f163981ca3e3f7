#include "vigie/data/csv_table.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "vigie/core/error.h"
#include "vigie/data/text_encoding.h"

namespace vigie {

namespace {

/// The separator that the header holds most of, outside quotes; a comma when it holds none.
char separator_of(std::string_view header) {
  constexpr std::string_view candidates = ",;\t|";
  std::array<std::size_t, candidates.size()> counts{};
  bool quoted = false;
  for (const char c : header) {
    if (c == '"') quoted = !quoted;
    const auto candidate = candidates.find(c);
    if (!quoted && candidate != std::string_view::npos) ++counts[candidate];
  }
  return candidates[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

/// "sep=;" in the first line is Excel's way to name the separator; '\0' when the line is another.
char named_separator(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() >= 2 && line.front() == '"' && line.back() == '"') line = line.substr(1, line.size() - 2);
  return line.size() == 5 && lower_case(line.substr(0, 4)) == "sep=" ? line[4] : '\0';
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Walks the text once, one row per call.
class CsvScanner {
 public:
  CsvScanner(std::string_view text, const std::string& origin) : text_(text), origin_(origin) {
    const std::string_view first = text_.substr(0, text_.find_first_of("\r\n"));
    separator_ = named_separator(first);
    if (separator_ == '\0') {
      const std::size_t header = std::min(text_.find_first_not_of("\r\n"), text_.size());
      separator_ = separator_of(text_.substr(header, text_.find_first_of("\r\n", header) - header));
      return;
    }
    at_ = first.size();
    end_line();
  }

  /// False at the end of the text.
  bool next(CsvTable::Row& row) {
    if (at_ >= text_.size()) return false;
    row.line = line_;
    row.fields.clear();
    do row.fields.push_back(next_field());
    while (take(separator_));
    end_line();
    return true;
  }

 private:
  bool ends_field(char c) const { return c == separator_ || c == '\n' || c == '\r'; }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void end_line() {
    const bool returned = take('\r');  // alone it ends a line too
    if (take('\n') || returned) ++line_;
  }

  std::string next_field() {
    const auto start = text_.find_first_not_of(separator_ == '\t' ? " " : " \t", at_);
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
      if (text_[at_] != ' ' && text_[at_] != '\t')  // a tab that separates has ended the field
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
  const std::string utf8 = utf8_text(text, origin_);
  CsvScanner scanner(utf8, origin_);
  Row row;
  while (scanner.next(row)) {
    if (std::all_of(row.fields.begin(), row.fields.end(), [](const auto& f) { return f.empty(); })) continue;
    if (header_.empty()) {
      header_ = row.fields;
      continue;
    }
    while (row.fields.size() > header_.size() && row.fields.back().empty()) row.fields.pop_back();
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
