#include "vigie/report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vigie/report/svg_plot.h"

namespace vigie {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Html, EscapesWhatCouldBecomeMarkup) {
  EXPECT_EQ(escape_html("<a href=\"x\">&'</a>"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;");
}

TEST(Html, EncodesBytesAsBase64) {  // the vectors of RFC 4648
  EXPECT_EQ(data_uri("text/plain", ""), "data:text/plain;base64,");
  EXPECT_EQ(data_uri("text/plain", "f"), "data:text/plain;base64,Zg==");
  EXPECT_EQ(data_uri("text/plain", "fo"), "data:text/plain;base64,Zm8=");
  EXPECT_EQ(data_uri("text/plain", "foobar"), "data:text/plain;base64,Zm9vYmFy");
  EXPECT_EQ(data_uri("x", std::string("\xFF\xFE\x00", 3)), "data:x;base64,//4A");
}

TEST(Html, TurnsPathsIntoHarmlessLinks) {
  EXPECT_EQ(url_from_path("runs/a b#1.html"), "runs/a%20b%231.html");
  EXPECT_EQ(url_from_path("javascript:alert"), "javascript%3Aalert");
}

TEST(Plot, PlacesRoundTicks) {
  EXPECT_THAT(round_ticks(0, 1, 5),
              ElementsAre(0, DoubleEq(0.2), DoubleEq(0.4), DoubleEq(0.6), DoubleEq(0.8), DoubleEq(1)));
  EXPECT_THAT(round_ticks(-12, 13, 5), ElementsAre(-10, -5, 0, 5, 10));
  EXPECT_EQ(round_ticks(3, 3, 5).size(), 1U);
  EXPECT_THAT(log_ticks(4, 60), ElementsAre(DoubleEq(5), DoubleEq(10), DoubleEq(20), DoubleEq(50)));
}

TEST(Plot, DrawsOneButtonForEveryFilledBin) {
  Histogram histogram{"score", "images", {"good", "<dent>"}, {"tone-good", "tone-d0"}, {}, 2};
  histogram.bins = {{0, 1, {3, 0}}, {1, 2, {0, 0}}, {2, 3, {1, 2}}};
  const std::string svg = svg_histogram(histogram);
  EXPECT_THAT(svg, HasSubstr("data-bin=\"0\""));
  EXPECT_THAT(svg, Not(HasSubstr("data-bin=\"1\"")));
  EXPECT_THAT(svg, HasSubstr("data-bin=\"2\""));
  EXPECT_THAT(svg, HasSubstr("&lt;dent&gt;: 2"));
  EXPECT_THAT(svg, HasSubstr("threshold 2"));
}

TEST(Plot, KeepsPointsOutsideTheAxesInside) {
  const std::string svg = svg_line_chart({{"x", 0, 1}, {"y", 0, 1}, {{"tone-image", {{-5, 0.5}, {9, 0.5}}}}, {}});
  EXPECT_THAT(svg, HasSubstr("points=\"52.0,"));  // the left edge
}

}  // namespace
}  // namespace vigie
