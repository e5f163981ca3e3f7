#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "vigie/report/svg_plot.h"
#include "works.h"

namespace vigie::bench {

namespace {

/// What a chart shows beside the points: p · x^low + q · x^(low + 1).
struct Law {
  double low = 0, p = 0, q = 0;
  double operator()(double x) const { return p * std::pow(x, low) + q * std::pow(x, low + 1); }
};

/// Least squares of the relative errors, so that small and large points weigh the same.
Law fit_law(const std::vector<PlotPoint>& points, double low) {
  double aa = 0, ab = 0, bb = 0, a1 = 0, b1 = 0;
  for (const PlotPoint& point : points) {
    const double a = std::pow(point.x, low) / point.y, b = std::pow(point.x, low + 1) / point.y;
    aa += a * a, ab += a * b, bb += b * b, a1 += a, b1 += b;
  }
  const double det = aa * bb - ab * ab;
  return {low, (a1 * bb - b1 * ab) / det, (b1 * aa - a1 * ab) / det};
}

/// One measured series: its tone, its points, and how its law reads.
struct Series {
  std::string tone, key;
  std::string legend;  ///< with {p} and {q} of the law
};

struct GrowthChart {
  PlotAxis x;
  std::string y_label;
  double low_power = 0;
  std::vector<Series> series;
};

std::vector<PlotPoint> points_of(const nlohmann::json& values) {
  std::vector<PlotPoint> points;
  for (const nlohmann::json& value : values) points.push_back({value.at(0), value.at(1)});
  return points;
}

/// The law as a smooth curve over the range of the points.
PlotLine law_line(const Law& law, const std::vector<PlotPoint>& points, const std::string& tone) {
  PlotLine line{tone, {}, true};
  constexpr int kSteps = 60;
  const double first = points.front().x, ratio = points.back().x / first;
  for (int i = 0; i <= kSteps; ++i) {
    const double x = first * std::pow(ratio, static_cast<double>(i) / kSteps);
    line.points.push_back({x, law(x)});
  }
  return line;
}

// The picture stands alone, so it brings the colours that a report's page would give.
constexpr const char* kStyle =
    "<style>text{font:12px sans-serif;fill:#5b6776}.label,.mark text,.key{fill:#17202b}.grid{stroke:#dfe3e8}"
    ".axis{stroke:#5b6776}.curve{fill:none;stroke-width:2}.dashed{stroke-width:1.5;stroke-dasharray:5 4}"
    ".mark circle{stroke:#fff;stroke-width:2}.a{stroke:#2563c9}.b{stroke:#e8663c}"
    ".mark.a circle,.dot.a{fill:#2563c9}.mark.b circle,.dot.b{fill:#e8663c}.mark text{stroke:none}"
    ".dot{stroke:none}.key{stroke:#fff;stroke-width:4px;paint-order:stroke}</style>\n";

std::string stand_alone(std::string svg, const PlotSize& size, const std::vector<std::string>& tones,
                        const std::vector<std::string>& keys) {
  std::string head =
      fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\"", size.width, size.height);
  svg.replace(0, std::string("<svg").size(), head);
  svg.insert(svg.find('>') + 1, fmt::format("\n{}<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n", kStyle));
  std::string legend;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const double y = 32 + 19 * static_cast<double>(i);
    legend += fmt::format(
        "<circle class=\"dot {}\" cx=\"72\" cy=\"{}\" r=\"5\"/><text class=\"key\" x=\"84\" y=\"{}\">{}</text>\n",
        tones[i], y - 4, y, keys[i]);
  }
  return svg.insert(svg.rfind("</svg>"), legend);
}

/// Around all points, with room for the keys above them.
PlotAxis y_axis(const GrowthChart& chart, const nlohmann::json& values) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const Series& series : chart.series) {
    for (const PlotPoint& point : points_of(values.at(series.key))) {
      low = std::min(low, point.y);
      high = std::max(high, point.y);
    }
  }
  return {chart.y_label, low / 2, high * 4, true};
}

void write_chart(const GrowthChart& chart, const nlohmann::json& values, const std::filesystem::path& path) {
  LineChart drawn{chart.x, y_axis(chart, values), {}, {}, {620, 400}};
  std::vector<std::string> tones, keys;
  for (const Series& series : chart.series) {
    const std::vector<PlotPoint> points = points_of(values.at(series.key));
    const Law law = fit_law(points, chart.low_power);
    drawn.lines.push_back(law_line(law, points, series.tone));
    for (const PlotPoint& point : points)
      drawn.markers.push_back({series.tone, point, "", fmt::format("{}: {:.3g}", point.x, point.y)});
    tones.push_back(series.tone);
    keys.push_back(fmt::format(fmt::runtime(series.legend), fmt::arg("p", law.p), fmt::arg("q", law.q)));
  }
  std::ofstream file(path);
  file << stand_alone(svg_line_chart(drawn), drawn.size, tones, keys);
  VIGIE_CHECK(file.good(), "draw_growth", "cannot write {}", path.string());
}

}  // namespace

void draw_growth(const std::filesystem::path& from, const std::filesystem::path& out) {
  std::ifstream file(from);
  const nlohmann::json growth = nlohmann::json::parse(file);
  GrowthChart chart;
  chart.x = {"rows of the memory bank", 800, 1.25e6, true};
  chart.y_label = "predict, ms";
  chart.series = {{"a", "384", "resnet18, 384 dimensions; law {p:.1f} ms + {q:.2g} ms per row"},
                  {"b", "1536", "wide_resnet50_2, 1536 dimensions; law {p:.1f} ms + {q:.2g} ms per row"}};
  write_chart(chart, growth.at("predict"), out / "growth-predict.svg");
  chart.x = {"images learnt from (n)", 40, 2500, true};
  chart.y_label = "fit, s";
  chart.low_power = 1;
  chart.series = {{"a", "0.01", "bank of 1 %; law {p:.2g}·n + {q:.2g}·n² s"},
                  {"b", "0.1", "bank of 10 %; law {p:.2g}·n + {q:.2g}·n² s"}};
  write_chart(chart, growth.at("fit"), out / "growth-fit.svg");
}

}  // namespace vigie::bench
