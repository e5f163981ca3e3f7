#include "vigie/core/text.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace vigie {
namespace {

const std::vector<std::string>& names() {
  static const std::vector<std::string> list = {"plain.png",
                                                "grün.png",
                                                "日本.png",
                                                "a b'\"\n.png",
                                                "gr\xfcn",
                                                "gr\xe8n",
                                                "gr\\xFCn",
                                                "gr\\xfcn",
                                                "\\",
                                                "\\x",
                                                "\\x4",
                                                "\\x41",
                                                "\\\\xFC",
                                                "\\\xfc",
                                                "\xc3",
                                                "\xc3\xa9\xc3",
                                                "\xed\xa0\x80",
                                                "\xc0\x80",
                                                "\xf4\x90\x80\x80",
                                                "\xf0\x9f\x98",
                                                "\xf0\x9f\x98\x80",
                                                "\x80\x81\xfe\xff",
                                                "\\x5CxFC",
                                                ""};
  return list;
}

TEST(Utf8Text, IsValidDifferentForDifferentBytesAndGivesThemBack) {
  std::set<std::string> texts;
  for (const std::string& name : names()) {
    const std::string text = utf8_text(name);
    EXPECT_TRUE(is_utf8(text)) << text;
    EXPECT_EQ(bytes_from_utf8_text(text), name) << text;
    texts.insert(text);
  }
  EXPECT_EQ(texts.size(), names().size());
}

TEST(Utf8Text, LeavesValidNamesAsTheyAre) {
  for (const std::string name : {"plain.png", "grün.png", "日本", "C:\\parts\\001.png", "\xf0\x9f\x98\x80"})
    EXPECT_EQ(utf8_text(name), name);
  EXPECT_EQ(utf8_text("gr\xfcn.png"), "gr\\xFCn.png");
}

TEST(Utf8Text, EveryByteAloneComesBack) {
  for (int byte = 1; byte < 256; ++byte) {
    const std::string name(1, static_cast<char>(byte));
    EXPECT_TRUE(is_utf8(utf8_text(name)));
    EXPECT_EQ(bytes_from_utf8_text(utf8_text(name)), name);
  }
}

TEST(Utf8Cut, NeverSplitsACharacter) {
  EXPECT_EQ(utf8_cut("grün", 3), 2u);
  EXPECT_EQ(utf8_cut("grün", 4), 4u);
  EXPECT_EQ(utf8_cut("grün", 99), 5u);
}

TEST(JsonText, WritesWhatIsNotUtf8InsteadOfFailing) {
  const nlohmann::json value = {{"a\xfc", {"b\xfc", 1.5, {{"c", "d\xe8"}}}}, {"plain", "\\xFC stays"}};
  const auto read = nlohmann::json::parse(json_text(value, 2));
  EXPECT_EQ(read["a\\xFC"][0], "b\\xFC");
  EXPECT_EQ(read["a\\xFC"][2]["c"], "d\\xE8");
  EXPECT_EQ(read["plain"], "\\xFC stays");
  EXPECT_EQ(json_text({{"x", 1}}), "{\"x\":1}");
}

}  // namespace
}  // namespace vigie
