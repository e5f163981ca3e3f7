#include <algorithm>
#include <cmath>

#include "vigie/evaluation/format.h"
#include "vigie/report/html.h"
#include "vigie/report/report_parts.h"
#include "vigie/report/svg_plot.h"

namespace vigie {
namespace {

using Curve = std::vector<std::pair<std::int64_t, double>>;

struct Range {
  double low = 0, high = 1;
};

Range range_of(const Curve& curve) {
  const auto [low, high] = std::ranges::minmax_element(curve, {}, &Curve::value_type::second);
  if (low->second == high->second) return {low->second - 0.5, high->second + 0.5};
  const double margin = 0.05 * (high->second - low->second);
  return {low->second - margin, high->second + margin};
}

std::string chart(const std::string& name, const Curve& curve, std::int64_t best_step) {
  const Range range = range_of(curve);
  LineChart chart{{.label = "step", .low = 0, .high = std::max<double>(1, static_cast<double>(curve.back().first))},
                  {.label = "value", .low = range.low, .high = range.high},
                  {},
                  {},
                  {.width = 480, .height = 220}};
  PlotLine line{"tone-image", {}, false};
  for (const auto& [step, value] : curve) line.points.push_back({static_cast<double>(step), value});
  chart.lines.push_back(std::move(line));
  const auto kept = std::ranges::find(curve, best_step, &Curve::value_type::first);
  if (name == "validation" && kept != curve.end())
    chart.markers.push_back(
        {"tone-image",
         {static_cast<double>(kept->first), kept->second},
         "kept",
         fmt::format("the weights of step {} were kept, loss {}", best_step, format_number(kept->second, 4))});
  return fmt::format("<div><h3>{}</h3>{}</div>\n", escape_html(name), svg_line_chart(chart));
}

}  // namespace

std::string report_training(const ReportView& view) {
  if (view.input.losses.empty()) return "";
  std::string charts;
  for (const auto& [name, curve] : view.input.losses)
    if (!curve.empty()) charts += chart(name, curve, view.input.best_step);
  return html_section("training", "Training",
                      "Losses, and what the method records beside them, by optimiser step. \"validation\" is the loss "
                      "of good images the network did not learn from.",
                      "<div class=\"columns\">" + charts + "</div>\n");
}

}  // namespace vigie
