#include "vigie/report/benchmark_report.h"

#include <algorithm>
#include <cmath>

#include "vigie/evaluation/format.h"
#include "vigie/io/file.h"
#include "vigie/report/benchmark_view.h"
#include "vigie/report/html.h"

namespace vigie {
namespace {

constexpr std::size_t kTones = 8;  ///< tone-d0 … tone-d7 in report.css
constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

double accuracy_of(const RunGroup& group) {
  return spread_of(group, run_columns()[run_column("image AUROC")]).mean;
}

std::string header_html(const BenchmarkView& view) {
  std::string verdict = "Nothing has been run.";
  if (!view.groups.empty() && !std::isnan(accuracy_of(view.groups[0]))) {
    verdict = fmt::format("<b class=\"found\">{}</b> separates good from defective best: image AUROC {}.",
                          escape_html(name_of_group(view.groups[0])), format_number(accuracy_of(view.groups[0]), 3));
  } else if (!view.groups.empty()) {
    verdict = "No run has both good and defective images.";
  }
  return fmt::format("<header class=\"top\">{}\n<h1>{}, {}, {}</h1>\n<p class=\"verdict\">{}</p></header>\n",
                     html_brand("benchmark"), format_count(view.groups.size(), "method"),
                     format_count(view.categories.size(), "data set"), format_count(view.runs.size(), "run"), verdict);
}

std::string sections_html(const BenchmarkView& view) {
  const std::string shade = "The deeper the blue, the better within its column. Click a head to sort.";
  std::string html = html_section("methods", "Methods", "Mean ± standard deviation over data sets and seeds. " + shade,
                                  benchmark_means(view));
  html += html_section("charts", "Side by side", "", benchmark_scatter(view) + benchmark_charts(view));
  if (view.categories.size() > 1) {
    std::string pivots;
    for (const char* title : {"image AUROC", "AUPRO"}) {
      const std::size_t column = run_column(title);
      if (!std::isnan(view.ranges[column].first)) pivots += benchmark_pivot(view, column);
    }
    html += html_section("categories", "Data sets", shade, pivots);
  }
  return html + html_section("runs", "Runs", view.links.empty() ? "" : "A data set's name opens the run's own report.",
                             benchmark_runs(view));
}

}  // namespace

BenchmarkView::BenchmarkView(const std::vector<RunRecord>& all_runs, const std::vector<std::string>& report_links)
    : runs(all_runs), links(report_links), variants(run_variants(all_runs)), groups(group_runs(all_runs)) {
  std::stable_sort(groups.begin(), groups.end(), [](const RunGroup& a, const RunGroup& b) {
    const double first = accuracy_of(a), second = accuracy_of(b);
    return std::isnan(second) ? !std::isnan(first) : first > second;
  });
  for (const RunRecord& run : runs) {
    if (std::find(categories.begin(), categories.end(), run.category) == categories.end()) {
      categories.push_back(run.category);
    }
  }
  for (const RunColumn& column : run_columns()) {
    ranges.emplace_back(kUndefined, kUndefined);
    for (const RunRecord& run : runs) {
      ranges.back().first = std::fmin(ranges.back().first, column.value(run));
      ranges.back().second = std::fmax(ranges.back().second, column.value(run));
    }
  }
}

std::string name_of_group(const RunGroup& group) {
  std::string name = group.detector;
  if (!group.backbone.empty()) name += " · " + group.backbone;
  return group.variant.empty() ? name : name + " · " + group.variant;
}

std::string tone_of_group(std::size_t i) {
  return fmt::format("tone-d{}", i % kTones);
}

void write_benchmark_report(const std::filesystem::path& path, const std::vector<RunRecord>& runs,
                            const std::vector<std::string>& report_links) {
  VIGIE_CHECK(report_links.empty() || report_links.size() == runs.size(), "benchmark report", "{} links for {} runs",
              report_links.size(), runs.size());
  const BenchmarkView view(runs, report_links);
  const std::string sections = runs.empty() ? "" : sections_html(view);
  write_file(path, html_page("vigie benchmark", header_html(view) + "<main>\n" + sections + "</main>"));
}

}  // namespace vigie
