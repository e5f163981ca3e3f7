#include "vigie/demo/stroke_font.h"

namespace vigie::demo {

namespace {

// Points "xy" on a grid 4 wide and 6 tall; '|' lifts the pen.
constexpr std::string_view kDigits[10] = {
    "103041453616050110",          "112026|1636", "01103041420646",
    "0110304142334445361605|1333", "36300444",    "400002324345361605",
    "30100105163645443303",        "004026",      "103041423313020110|3344453616050413",
    "16364541301001021343"};

constexpr std::string_view kLetters[26] = {"0602204246|0444",  // A
                                           "00063645443303|3342413000",
                                           "4130100105163645",
                                           "00062644422000",
                                           "40000646|0333",
                                           "400006|0333",
                                           "41301001051636454323",
                                           "0006|4046|0343",
                                           "1030|2026|1636",
                                           "4045361605",
                                           "0006|400346",
                                           "000646",
                                           "0600234046",
                                           "06004640",
                                           "103041453616050110",
                                           "06003041423303",
                                           "103041453616050110|2446",
                                           "06003041423303|2346",
                                           "413010010213334445361605",
                                           "0040|2026",
                                           "000516364540",
                                           "002640",
                                           "0016233640",
                                           "0046|4006",
                                           "002340|2326",
                                           "00400646"};

std::string_view glyph(char c) {
  if (c >= '0' && c <= '9') return kDigits[c - '0'];
  if (c >= 'A' && c <= 'Z') return kLetters[c - 'A'];
  return c == '-' ? "1333" : "";
}

}  // namespace

std::vector<std::pair<Vec2, Vec2>> text_strokes(std::string_view text, float height) {
  constexpr float kAdvance = 6;  // grid steps from letter to letter
  const float step = height / 6;
  std::vector<std::pair<Vec2, Vec2>> strokes;
  float left = -0.5F * (kAdvance * static_cast<float>(text.size()) - 2);
  for (const char c : text) {
    const std::string_view points = glyph(c);
    bool pen_down = false;
    Vec2 last;
    for (std::size_t i = 0; i + 1 < points.size();) {
      if (points[i] == '|') {
        pen_down = false;
        ++i;
        continue;
      }
      const Vec2 next =
          Vec2{left + static_cast<float>(points[i] - '0'), static_cast<float>(points[i + 1] - '0') - 3} * step;
      if (pen_down) strokes.emplace_back(last, next);
      last = next;
      pen_down = true;
      i += 2;
    }
    left += kAdvance;
  }
  return strokes;
}

}  // namespace vigie::demo
