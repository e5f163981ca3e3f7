#include "vigie/data/csv_table.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vigie/core/error.h"

namespace vigie {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(CsvTable, KeepsSeparatorsQuotesAndLineBreaksInsideQuotes) {
  const CsvTable table("image,label\r\n\"a, b.png\",\"the \"\"big\"\" one\"\r\n\"two\nlines.png\",x\r\n", "t.csv");
  ASSERT_EQ(table.rows().size(), 2u);
  EXPECT_THAT(table.rows()[0].fields, ElementsAre("a, b.png", "the \"big\" one"));
  EXPECT_THAT(table.rows()[1].fields, ElementsAre("two\nlines.png", "x"));
}

TEST(CsvTable, CountsLinesAcrossQuotedBreaksAndEmptyLines) {
  const CsvTable table("a,b\n\n\"1\n\",2\n3,4", "t.csv");
  ASSERT_EQ(table.rows().size(), 2u);
  EXPECT_EQ(table.rows()[0].line, 3u);
  EXPECT_EQ(table.rows()[1].line, 5u);
}

TEST(CsvTable, SkipsAByteOrderMarkTrimsAndIgnoresTheCaseOfColumns) {
  const CsvTable table("\xEF\xBB\xBFImage , LABEL\n x.png ,good\n", "t.csv");
  EXPECT_EQ(table.column("image"), 0u);
  EXPECT_EQ(table.column("label"), 1u);
  EXPECT_EQ(table.find_column("mask"), CsvTable::kNone);
  EXPECT_EQ(table.rows()[0].fields[0], "x.png");
}

TEST(CsvTable, ReadsSemicolonsWhenTheHeaderHasNoComma) {
  const CsvTable table("image;label\na,b.png;good\n", "t.csv");
  EXPECT_THAT(table.rows()[0].fields, ElementsAre("a,b.png", "good"));
}

/// ASCII as UTF-16.
std::string wide(std::string_view text, bool little, bool marked) {
  std::string out = marked ? (little ? "\xFF\xFE" : "\xFE\xFF") : "";
  for (const char c : text) out += little ? std::string{c, '\0'} : std::string{'\0', c};
  return out;
}

TEST(CsvTable, ReadsEverySeparatorLineEndAndEncodingOfWindows) {
  for (const char separator : {',', ';', '\t', '|'})
    for (const char* end : {"\n", "\r\n", "\r"}) {
      const std::string text = fmt::format("image{0}label{1}a b.png{0}good{1}\"c{0}d.png\"{0}bad{1}", separator, end);
      for (const std::string& bytes :
           {text, "\xEF\xBB\xBF" + text, wide(text, true, true), wide(text, false, true), wide(text, true, false),
            wide(text, false, false), fmt::format("sep={}{}", separator, end) + text}) {
        const CsvTable table(bytes, "t.csv");
        ASSERT_EQ(table.rows().size(), 2u) << text;
        EXPECT_THAT(table.rows()[0].fields, ElementsAre("a b.png", "good"));
        EXPECT_THAT(table.rows()[1].fields, ElementsAre(fmt::format("c{}d.png", separator), "bad"));
      }
    }
}

TEST(CsvTable, ReadsLettersBeyondAsciiOfUtf16) {
  using namespace std::string_literals;
  const std::string text = wide("a,b\n", true, true) + "\xFC\0,\0\x3D\xD8\x00\xDE"s;  // ü and U+1F600
  EXPECT_THAT(CsvTable(text, "t.csv").rows()[0].fields, ElementsAre("\xC3\xBC", "\xF0\x9F\x98\x80"));
}

TEST(CsvTable, DropsEmptyFieldsBeyondTheHeader) {
  EXPECT_THAT(CsvTable("a;b\n1;2;;\n", "t.csv").rows()[0].fields, ElementsAre("1", "2"));
}

TEST(CsvTable, KeepsATrailingEmptyField) {
  EXPECT_THAT(CsvTable("a,b,c\n1,2,\n", "t.csv").rows()[0].fields, ElementsAre("1", "2", ""));
}

std::string message_of(std::string_view text) {
  try {
    CsvTable(text, "t.csv").column("image");
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::BadFile);
    return e.what();
  }
  return "";
}

TEST(CsvTable, SaysWhichLineIsWrong) {
  EXPECT_THAT(message_of("image,label\na,b\nc\n"), HasSubstr("line 3 has 1 fields, the header has 2"));
  EXPECT_THAT(message_of("image,label\n\"a,b\n"), HasSubstr("line 2: a quote is opened and never closed"));
  EXPECT_THAT(message_of("image\n\"a\"b\n"), HasSubstr("line 2: text after a closing quote"));
  EXPECT_THAT(message_of(""), HasSubstr("a header row was expected"));
  using namespace std::string_literals;
  EXPECT_THAT(message_of("\xFF\xFEi\0m"s), HasSubstr("damaged UTF-16"));
  EXPECT_THAT(message_of("\xFF\xFE\0\0i\0\0\0"s), HasSubstr("UTF-32"));
  EXPECT_THAT(message_of("file,label\n"), HasSubstr("no column 'image'; its columns are file, label"));
}

}  // namespace
}  // namespace vigie
