#include "vigie/data/csv_table.h"

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
  EXPECT_THAT(message_of("file,label\n"), HasSubstr("no column 'image'; its columns are file, label"));
}

}  // namespace
}  // namespace vigie
