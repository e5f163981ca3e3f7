#include <algorithm>
#include <cmath>

#include "vigie/evaluation/format.h"
#include "vigie/report/html.h"
#include "vigie/report/latent_parts.h"
#include "vigie/report/svg_plot.h"

namespace vigie {
namespace {

constexpr std::size_t kTones = 8;

std::string legend_html(const LatentStudy& study) {
  std::vector<std::string> names, tones;
  for (std::size_t i = 0; i < study.spaces.size(); ++i) {
    names.push_back(name_of_space(study.spaces[i]));
    tones.push_back(tone_of_space(i));
  }
  return html_legend(names, tones);
}

double most_components(const LatentStudy& study) {
  std::size_t most = 2;
  for (const LatentSpace& space : study.spaces) most = std::max(most, space.variance_shares.size());
  return static_cast<double>(most);
}

PlotAxis components_axis(const LatentStudy& study, const char* label) {
  return {label, 1, most_components(study), true, true};
}

/// Every component while they are few, later ones ever more sparsely: the axis is logarithmic.
PlotLine cumulated_line(const LatentSpace& space, std::size_t index) {
  PlotLine line{tone_of_space(index), {}, index >= kTones};
  double kept = 0;
  for (std::size_t i = 0; i < space.variance_shares.size(); ++i) {
    kept += space.variance_shares[i];
    const bool last = i + 1 == space.variance_shares.size();
    const double count = static_cast<double>(i + 1);
    if (last || line.points.empty() || count >= line.points.back().x * 1.02) line.points.push_back({count, kept});
  }
  return line;
}

double lowest_auroc(const LatentStudy& study) {
  double lowest = 0.5;
  for (const LatentSpace& space : study.spaces)
    for (const RetainedComponents& at : space.retained) lowest = std::fmin(lowest, std::fmin(at.largest, at.smallest));
  return std::max(0.0, std::floor(lowest * 10) / 10);
}

std::string retained_chart(const LatentStudy& study, double RetainedComponents::*auroc, const char* label) {
  LineChart chart{components_axis(study, label), {"AUROC", lowest_auroc(study)}, {}, {}};
  chart.lines.push_back({"tone-chance", {{1, 0.5}, {most_components(study), 0.5}}, true});
  for (std::size_t i = 0; i < study.spaces.size(); ++i) {
    PlotLine line{tone_of_space(i), {}, i >= kTones};
    for (const RetainedComponents& at : study.spaces[i].retained) {
      if (std::isnan(at.*auroc)) continue;
      const PlotPoint point{static_cast<double>(at.kept), at.*auroc};
      line.points.push_back(point);
      chart.markers.push_back({tone_of_space(i), point, "",
                               fmt::format("{}: {} of {}, AUROC {:.3f}", name_of_space(study.spaces[i]),
                                           format_count(static_cast<std::size_t>(at.kept), "component"),
                                           study.spaces[i].variance_shares.size(), at.*auroc)});
    }
    chart.lines.push_back(std::move(line));
  }
  return svg_line_chart(chart);
}

std::string percent(double share) {
  return fmt::format("{:.1f}%", 100 * std::clamp(share, 0.0, 1.0));
}

std::string bar_html(double share) {
  return std::isnan(share) ? "" : fmt::format("<i class=\"bar\" style=\"width:{}\"></i>", percent(share));
}

std::string row_html(const LatentSpace& space, std::size_t index, const std::string& marks, const std::string& text,
                     const std::string& hint) {
  return fmt::format(
      "<div class=\"row {}\" title=\"{}\"><span>{}</span><span class=\"track\">{}</span><span>{}</span></div>\n",
      tone_of_space(index), hint, escape_html(name_of_space(space)), marks, text);
}

std::string displacement_rows(const LatentStudy& study, std::size_t corruption) {
  double largest = 0;
  for (const LatentSpace& space : study.spaces)
    for (const CorruptionEffect& effect : space.corruptions) largest = std::fmax(largest, effect.displacement);
  std::string html;
  for (std::size_t i = 0; i < study.spaces.size(); ++i) {
    const double moved = study.spaces[i].corruptions[corruption].displacement;
    html += row_html(study.spaces[i], i, bar_html(moved / largest), format_number(moved, 2),
                     fmt::format("{} times the mean distance between normals", format_number(moved, 3)));
  }
  return html;
}

/// From 0.5, which is guessing, to 1; the clean AUROC is a line across the bar.
std::string auroc_rows(const LatentStudy& study, std::size_t corruption) {
  std::string html;
  for (std::size_t i = 0; i < study.spaces.size(); ++i) {
    const double clean = study.spaces[i].gaussian_auroc, auroc = study.spaces[i].corruptions[corruption].gaussian_auroc;
    std::string marks = bar_html(2 * auroc - 1);
    if (!std::isnan(clean)) marks += fmt::format("<i class=\"clean\" style=\"left:{}\"></i>", percent(2 * clean - 1));
    html += row_html(study.spaces[i], i, marks, format_number(auroc, 3),
                     fmt::format("AUROC {} corrupted, {} clean", format_number(auroc, 3), format_number(clean, 3)));
  }
  return html;
}

}  // namespace

std::string latent_spectrum(const LatentStudy& study) {
  LineChart chart{components_axis(study, "components kept (logarithmic)"), {"share of variance"}, {}, {}, {900, 300}};
  for (const double share : {0.90, 0.99})
    chart.lines.push_back({"tone-chance", {{1, share}, {most_components(study), share}}, true});
  for (std::size_t i = 0; i < study.spaces.size(); ++i) {
    chart.lines.push_back(cumulated_line(study.spaces[i], i));
    for (const double share : {0.90, 0.95, 0.99}) {
      const auto count = study.spaces[i].components_for(share);
      chart.markers.push_back({tone_of_space(i),
                               {static_cast<double>(count), share},
                               "",
                               fmt::format("{}: {} hold {:.0f} %", name_of_space(study.spaces[i]),
                                           format_count(static_cast<std::size_t>(count), "component"), 100 * share)});
    }
  }
  return legend_html(study) + "<h3>Share of the variance, cumulated <small>dashed: 90 % and 99 %</small></h3>\n" +
         svg_line_chart(chart);
}

std::string latent_retained(const LatentStudy& study) {
  const bool any = std::any_of(study.spaces.begin(), study.spaces.end(), [](const LatentSpace& space) {
    return !space.retained.empty() && !std::isnan(space.retained.front().largest);
  });
  if (!any) return "";
  return "<h3>AUROC of the Mahalanobis distance within few components</h3>\n<div class=\"columns\"><div>" +
         retained_chart(study, &RetainedComponents::largest, "largest variances kept (logarithmic)") + "</div>\n<div>" +
         retained_chart(study, &RetainedComponents::smallest, "smallest variances kept (logarithmic)") +
         "</div></div>\n";
}

std::string latent_corruptions(const LatentStudy& study) {
  if (study.spaces.empty() || study.spaces.front().corruptions.empty()) return "";
  std::string moved =
      "<h3>How far good test images move <small>1 = mean distance between normals</small></h3>\n"
      "<div class=\"bars\">\n";
  std::string auroc =
      "<h3>AUROC of the Gaussian on corrupted test images <small>axis from 0.5 to 1; the line is the "
      "clean AUROC</small></h3>\n<div class=\"bars\">\n";
  const std::vector<CorruptionEffect>& kinds = study.spaces.front().corruptions;
  for (std::size_t c = 0; c < kinds.size(); ++c) {
    std::string title = kinds[c].corruption;
    std::replace(title.begin(), title.end(), '_', ' ');
    moved += fmt::format("<div><h3>{}</h3>\n{}</div>\n", title, displacement_rows(study, c));
    auroc += fmt::format("<div><h3>{}</h3>\n{}</div>\n", title, auroc_rows(study, c));
  }
  return html_section(
      "corruptions", "Corruptions",
      fmt::format("Every test image spoiled at severity {} of 5. A space that a little blur moves as far "
                  "as another part lies away will raise false alarms.",
                  study.severity),
      moved + "</div>\n" + auroc + "</div>\n");
}

}  // namespace vigie
