#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vigie {

/// A table with a header row, after RFC 4180: quoted fields may hold separators, doubled quotes and line breaks. Fields
/// are parted by the one of comma, semicolon, tab and | that the header holds most of, or that a first line "sep=;"
/// names; lines end with LF, CRLF or CR; UTF-8 or UTF-16, with or without a byte order mark. Blanks around unquoted
/// fields are dropped, empty lines skipped, and empty fields beyond the header's.
class CsvTable {
 public:
  struct Row {
    std::size_t line = 0;  ///< of its first character, 1-based, for messages
    std::vector<std::string> fields;
  };

  /// `origin` names the text in messages. Throws BadFile: no header, an unclosed quote, a row of another width, damaged
  /// UTF-16.
  CsvTable(std::string_view text, std::string origin);

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  /// Index of the named column (any case), or kNone.
  std::size_t find_column(std::string_view name) const;
  /// As find_column; throws BadFile when the column is missing.
  std::size_t column(std::string_view name) const;

  const std::string& origin() const { return origin_; }
  const std::vector<std::string>& header() const { return header_; }
  const std::vector<Row>& rows() const { return rows_; }

 private:
  std::string origin_;
  std::vector<std::string> header_;
  std::vector<Row> rows_;
};

/// ASCII lower case.
std::string lower_case(std::string_view text);

}  // namespace vigie
