#include "vigie/report/latent_report.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "vigie/evaluation/format.h"
#include "vigie/io/file.h"
#include "vigie/report/html.h"
#include "vigie/report/latent_parts.h"
#include "vigie/report/report_assets.h"

namespace vigie {
namespace {

constexpr std::size_t kTones = 8;  ///< tone-d0 … tone-d7 in report.css

double best_auroc(const LatentSpace& space) {
  return std::fmax(space.gaussian_auroc, space.knn_auroc);
}

std::string verdict_html(const LatentStudy& study) {
  const auto best = std::max_element(study.spaces.begin(), study.spaces.end(), [](const auto& a, const auto& b) {
    return std::isnan(best_auroc(a)) || best_auroc(a) < best_auroc(b);
  });
  if (best == study.spaces.end() || std::isnan(best_auroc(*best)))
    return "The test images do not hold both good and defective parts: nothing can be told apart.";
  return fmt::format("<b class=\"found\">{}</b> tells good from defective best: AUROC {} with {}.",
                     escape_html(name_of_space(*best)), format_number(best_auroc(*best), 3),
                     best->gaussian_auroc >= best->knn_auroc ? "one Gaussian" : "five neighbours");
}

std::string header_html(const LatentStudy& study) {
  return fmt::format(
      "<header class=\"top\">{}\n<h1>{} · {}, {} good and {} defective test images</h1>\n<p class=\"verdict\">{}</p>\n"
      "<nav><a href=\"#numbers\">Numbers</a><a href=\"#map\">Map</a><a href=\"#components\">Components</a>"
      "<a href=\"#corruptions\">Corruptions</a><a href=\"#facts\">Facts</a></nav></header>\n",
      html_brand("latent spaces"), escape_html(study.dataset), format_count(study.spaces.size(), "space"),
      study.test_good, study.test_defective, verdict_html(study));
}

std::string facts_html(const LatentStudy& study) {
  std::string content = "<dl class=\"facts\">\n";
  for (const auto& [name, value] : study.facts)
    content += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape_html(name), escape_html(value));
  return html_section("facts", "Facts", "", content + "</dl>\n");
}

/// A cell shaded by `share` (0 … 1); NaN: not shaded.
std::string cell(double value, int digits, double share = std::numeric_limits<double>::quiet_NaN(),
                 const std::string& beside = "") {
  if (std::isnan(value)) return "<td class=\"number undefined\" data-value=\"\">n/a</td>";
  const std::string shade =
      std::isnan(share) ? "" : fmt::format(" heat\" style=\"--heat:{:.3f}", std::clamp(share, 0.0, 1.0));
  return fmt::format("<td class=\"number{}\" data-value=\"{:.9g}\">{}{}</td>", shade, value,
                     format_number(value, digits), beside);
}

std::string by_chance(double share) {
  return fmt::format(" <small>/ {}</small>", format_number(share, 2));
}

std::string row_html(const LatentSpace& space, std::size_t index) {
  std::string html = fmt::format("<tr class=\"{}\"><td class=\"kind\"><i></i>{}</td>", tone_of_space(index),
                                 escape_html(name_of_space(space)));
  html += fmt::format("<td class=\"number\" data-value=\"{0}\">{0}</td>", space.dims);
  html +=
      cell(space.gaussian_auroc, 3, 2 * space.gaussian_auroc - 1) + cell(space.knn_auroc, 3, 2 * space.knn_auroc - 1);
  html += cell(space.overlap.defects, 2, 1 - space.overlap.defects / space.overlap.defects_chance,
               by_chance(space.overlap.defects_chance));
  html += cell(space.overlap.good, 2, std::numeric_limits<double>::quiet_NaN(), by_chance(space.overlap.good_chance));
  html += cell(space.two_nn, 1) + cell(space.levina_bickel, 1);
  for (const double share : {0.90, 0.95, 0.99})
    html += fmt::format("<td class=\"number\" data-value=\"{0}\">{0}</td>", space.components_for(share));
  return html + cell(space.outside_auroc, 3) + cell(space.mean_displacement(), 2) + "</tr>\n";
}

}  // namespace

std::string name_of_space(const LatentSpace& space) {
  return space.model + "/" + space.layer;
}

std::string tone_of_space(std::size_t i) {
  return fmt::format("tone-d{}", i % kTones);
}

std::string latent_numbers(const LatentStudy& study) {
  struct Head {
    const char* title;
    const char* definition;
  };
  constexpr Head kHeads[] = {
      {"D", "Numbers per image: the layer averaged over its grid."},
      {"AUROC Gaussian",
       "Mahalanobis distance to the training normals, Ledoit–Wolf covariance; measured on test images."},
      {"AUROC K&#8209;NN", "Mean Euclidean distance to the 5 nearest training normals; measured on test images."},
      {"good near defects", "Mean share of good images among the 10 nearest test images of a defect / by chance."},
      {"good near good", "The same around good images / by chance."},
      {"TwoNN", "Intrinsic dimension of the training normals from their two nearest neighbours."},
      {"MLE", "Intrinsic dimension of the training normals, Levina and Bickel, 10 neighbours."},
      {"components, 90&nbsp;%", "Principal components of the normals that hold this share of their variance."},
      {"95&nbsp;%", "The same for 95 %."},
      {"99&nbsp;%", "The same for 99 %."},
      {"AUROC outside",
       "Distance from the subspace in which the normals vary; n/a where they vary in every direction."},
      {"moved",
       "Mean move of good test images under a corruption, over all of them; 1 = the distance between normals."}};
  std::string html = "<div class=\"scroll\"><table class=\"sortable\"><thead><tr><th>space</th>";
  for (const Head& head : kHeads)
    html += fmt::format("<th class=\"number\" title=\"{}\">{}</th>", escape_html(head.definition), head.title);
  html += "</tr></thead><tbody>\n";
  for (std::size_t i = 0; i < study.spaces.size(); ++i) html += row_html(study.spaces[i], i);
  return html_section("numbers", "Numbers",
                      "Learnt from training normals, measured on test images. The deeper the blue, the better defects "
                      "stand apart. Hover a head for its meaning, click it to sort.",
                      html + "</tbody></table></div>\n");
}

void write_latent_report(const std::filesystem::path& path, const LatentStudy& study,
                         const std::function<Tensor(std::size_t)>& load_image) {
  std::string body = header_html(study) + "<main class=\"latent\">\n" + latent_numbers(study);
  body += latent_map(study, load_image);
  body +=
      html_section("components", "Components", "Principal components of the training normals, largest variance first.",
                   latent_spectrum(study) + latent_retained(study));
  body += latent_corruptions(study) + facts_html(study);
  body.append("</main>\n<script>\n").append(kLatentScript).append("</script>");
  write_file(path, html_page("vigie latent · " + study.dataset, body));
}

}  // namespace vigie
