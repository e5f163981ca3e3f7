#include <algorithm>
#include <cmath>

#include "vigie/evaluation/format.h"
#include "vigie/report/benchmark_view.h"
#include "vigie/report/html.h"
#include "vigie/report/svg_plot.h"

namespace vigie {
namespace {

/// Scores differ near 1, where bars from 0 all look alike: they are dots on an axis that starts near the worst one.
std::string dot_html(const Spread& spread, double low) {
  const auto percent = [low](double value) { return 100 * std::clamp((value - low) / (1 - low), 0.0, 1.0); };
  const double std = std::isnan(spread.std) ? 0 : spread.std;
  const double left = percent(spread.mean - std), right = percent(spread.mean + std);
  return fmt::format(
      "<i class=\"whisker\" style=\"left:{:.1f}%;width:{:.1f}%\"></i><i class=\"dot\" style=\"left:{:.1f}%\"></i>",
      left, right - left, percent(spread.mean));
}

std::string bar_html(double value, double highest) {
  return fmt::format("<i class=\"bar\" style=\"width:{:.1f}%\"></i>", highest > 0 ? 100 * value / highest : 0.0);
}

/// One column for all methods; "" when it is undefined throughout.
std::string column_html(const BenchmarkView& view, const RunColumn& column) {
  std::vector<Spread> spreads;
  double lowest = 1, highest = 0;
  for (const RunGroup& group : view.groups) {
    spreads.push_back(spread_of(group, column));
    lowest = std::fmin(lowest, spreads.back().mean - (std::isnan(spreads.back().std) ? 0 : spreads.back().std));
    highest = std::fmax(highest, spreads.back().mean);
  }
  if (std::all_of(spreads.begin(), spreads.end(), [](const Spread& spread) { return std::isnan(spread.mean); }))
    return "";
  const double low = std::clamp(std::floor(lowest * 20) / 20, 0.0, 0.95);
  std::string html = fmt::format("<div><h3>{} <small>{}</small></h3>\n", escape_html(column.title),
                                 column.is_score ? fmt::format("axis from {:.2f} to 1, ± standard deviation", low)
                                                 : std::string("less is better"));
  for (std::size_t g = 0; g < spreads.size(); ++g) {
    const std::string name = escape_html(name_of_group(view.groups[g]));
    const double mean = spreads[g].mean;
    const std::string mark = std::isnan(mean)  ? ""
                             : column.is_score ? dot_html(spreads[g], low)
                                               : bar_html(mean, highest);
    html += fmt::format(
        "<div class=\"row {0}\"><span title=\"{1}\">{1}</span><span class=\"track\">{2}</span><span>{3}</span></div>\n",
        tone_of_group(g), name, mark, format_number(mean, column.digits));
  }
  return html + "</div>\n";
}

}  // namespace

std::string benchmark_charts(const BenchmarkView& view) {
  std::string html = "<div class=\"bars\">\n";
  for (const RunColumn& column : run_columns()) html += column_html(view, column);
  return html + "</div>\n";
}

std::string benchmark_scatter(const BenchmarkView& view) {
  const RunColumn& accuracy = run_columns()[run_column("image AUROC")];
  const RunColumn& speed = run_columns()[run_column("predict ms")];
  LineChart chart{{"time per image, ms (logarithmic)"}, {"mean image AUROC"}, {}, {}, {900, 400}};
  double fastest = HUGE_VAL, slowest = 0, worst = 1;
  for (std::size_t g = 0; g < view.groups.size(); ++g) {
    const double auroc = spread_of(view.groups[g], accuracy).mean, time = spread_of(view.groups[g], speed).mean;
    if (std::isnan(auroc) || !(time > 0)) continue;
    fastest = std::min(fastest, time);
    slowest = std::max(slowest, time);
    worst = std::min(worst, auroc);
    const std::string name = name_of_group(view.groups[g]);
    chart.markers.push_back(
        {tone_of_group(g), {time, auroc}, name, fmt::format("{}: AUROC {:.3f}, {:.1f} ms", name, auroc, time)});
  }
  if (chart.markers.empty()) return "";
  chart.x.low = fastest / 1.6;
  chart.x.high = slowest * 1.6;
  chart.x.logarithmic = true;
  chart.y.low = std::max(0.0, std::floor((worst - 0.02) * 20) / 20);
  return "<h3>Accuracy against time: the best are at the top left</h3>\n" + svg_line_chart(chart);
}

}  // namespace vigie
