#include <algorithm>
#include <cmath>
#include <iterator>

#include "vigie/evaluation/format.h"
#include "vigie/report/benchmark_view.h"
#include "vigie/report/html.h"

namespace vigie {
namespace {

/// A cell coloured by how good it is among all runs: 1 the best, 0 the worst.
std::string heat_cell(double value, std::string_view text, const RunColumn& column, std::pair<double, double> range) {
  if (std::isnan(value)) return "<td class=\"number undefined\" data-value=\"\">n/a</td>";
  const double span = range.second - range.first;
  const double share = span > 0 ? (value - range.first) / span : 0;
  return fmt::format("<td class=\"number heat\" data-value=\"{:.9g}\" style=\"--heat:{:.3f}\">{}</td>", value,
                     std::clamp(column.higher_is_better || !(span > 0) ? share : 1 - share, 0.0, 1.0), text);
}

std::string column_heads() {
  std::string html;
  for (const RunColumn& column : run_columns()) {
    std::string title = escape_html(column.title);
    if (const std::size_t bracket = title.find('('); bracket != std::string::npos) title.insert(bracket, "<wbr>");
    html += fmt::format("<th class=\"number\">{}</th>", title);
  }
  return html;
}

}  // namespace

std::string benchmark_means(const BenchmarkView& view) {
  std::string html =
      "<div class=\"scroll\"><table class=\"sortable\"><thead><tr><th>method</th><th class=\"number\">runs</th>" +
      column_heads() + "</tr></thead><tbody>\n";
  for (std::size_t g = 0; g < view.groups.size(); ++g) {
    const RunGroup& group = view.groups[g];
    html += fmt::format("<tr class=\"{}\"><td class=\"kind\"><i></i>{}</td><td class=\"number\">{}</td>",
                        tone_of_group(g), escape_html(name_of_group(group)), group.runs.size());
    for (std::size_t c = 0; c < run_columns().size(); ++c) {
      const RunColumn& column = run_columns()[c];
      const Spread spread = spread_of(group, column);
      std::string text = format_number(spread.mean, column.digits);
      if (!std::isnan(spread.std)) {
        text += fmt::format(" <small>± {}</small>", format_number(spread.std, column.digits));
      }
      html += heat_cell(spread.mean, text, column, view.ranges[c]);
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string benchmark_pivot(const BenchmarkView& view, std::size_t c) {
  const RunColumn& column = run_columns()[c];
  std::string html =
      fmt::format("<h3>{}</h3>\n<div class=\"scroll\"><table class=\"sortable\"><thead><tr><th>method</th>",
                  escape_html(column.title));
  for (const std::string& category : view.categories) {
    html += fmt::format("<th class=\"number\">{}</th>", escape_html(category));
  }
  html += "</tr></thead><tbody>\n";
  for (std::size_t g = 0; g < view.groups.size(); ++g) {
    const RunGroup& group = view.groups[g];
    html += fmt::format("<tr class=\"{}\"><td class=\"kind\"><i></i>{}</td>", tone_of_group(g),
                        escape_html(name_of_group(group)));
    for (const std::string& category : view.categories) {
      RunGroup part{group.detector, group.backbone, group.variant, {}};
      std::copy_if(group.runs.begin(), group.runs.end(), std::back_inserter(part.runs),
                   [&](const RunRecord* run) { return run->category == category; });
      const double mean = spread_of(part, column).mean;
      html += heat_cell(mean, format_number(mean, column.digits), column, view.ranges[c]);
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string benchmark_runs(const BenchmarkView& view) {
  const bool varied = std::any_of(view.variants.begin(), view.variants.end(), [](const auto& v) { return !v.empty(); });
  std::string html =
      "<div class=\"scroll\"><table class=\"sortable\"><thead><tr><th>data set</th><th>detector</th><th>backbone</th>";
  html += varied ? "<th>variant</th>" : "";
  html += "<th class=\"number\">seed</th>" + column_heads() + "</tr></thead><tbody>\n";
  for (std::size_t i = 0; i < view.runs.size(); ++i) {
    const RunRecord& run = view.runs[i];
    const std::string category = escape_html(run.category);
    const bool linked = i < view.links.size() && !view.links[i].empty();
    html += linked ? fmt::format("<tr><td><a href=\"{}\">{}</a></td>", url_from_path(view.links[i]), category)
                   : fmt::format("<tr><td>{}</td>", category);
    html += fmt::format("<td>{}</td><td>{}</td>", escape_html(run.detector), escape_html(run.backbone));
    if (varied) html += fmt::format("<td>{}</td>", escape_html(view.variants[i]));
    html += fmt::format("<td class=\"number\">{}</td>", run.seed);
    for (std::size_t c = 0; c < run_columns().size(); ++c) {
      const RunColumn& column = run_columns()[c];
      const double value = column.value(run);
      html += heat_cell(value, format_number(value, column.digits), column, view.ranges[c]);
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

}  // namespace vigie
