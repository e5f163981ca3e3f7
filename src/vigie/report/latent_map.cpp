#include <algorithm>
#include <set>

#include "vigie/core/text.h"
#include "vigie/core/threads.h"
#include "vigie/imaging/resize.h"
#include "vigie/io/image.h"
#include "vigie/report/html.h"
#include "vigie/report/latent_parts.h"

namespace vigie {
namespace {

using nlohmann::json;

constexpr std::int64_t kSide = 160;  // pixels of a point's picture: about 4 kB each
constexpr int kQuality = 72;
constexpr std::size_t kTones = 8;

std::string picture_uri(const Tensor& image) {
  const std::int64_t longer = std::max(image.dim(0), image.dim(1));
  if (longer <= kSide) return data_uri("image/jpeg", encode_jpeg(image, kQuality));
  const auto shrink = [longer](std::int64_t side) { return std::max<std::int64_t>(1, side * kSide / longer); };
  return data_uri("image/jpeg",
                  encode_jpeg(resize_antialiased(image, shrink(image.dim(0)), shrink(image.dim(1))), kQuality));
}

/// What a point may be, in the order of the legend: learnt normals, good test images, defect types by name.
std::vector<std::string> kinds_of(const LatentStudy& study) {
  std::set<std::string> defects;
  for (const LatentPoint& point : study.points)
    if (point.defect != "good") defects.insert(point.defect);
  std::vector<std::string> kinds = {"training normal", "good"};
  kinds.insert(kinds.end(), defects.begin(), defects.end());
  return kinds;
}

std::string tone_of_kind(std::size_t kind) {
  if (kind == 0) return "tone-chance";
  return kind == 1 ? "tone-good" : fmt::format("tone-d{}", (kind - 2) % kTones);
}

json json_from_points(const LatentStudy& study, const std::vector<std::string>& kinds,
                      const std::function<Tensor(std::size_t)>& load_image) {
  std::vector<std::string> pictures(study.points.size());
  parallel_for(static_cast<std::int64_t>(pictures.size()), [&](std::int64_t i) {
    const auto index = static_cast<std::size_t>(i);
    pictures[index] = picture_uri(load_image(index));
  });
  json points = json::array();
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const LatentPoint& point = study.points[i];
    const std::string kind = point.learnt ? kinds[0] : point.defect;
    points.push_back({{"image", point.image},
                      {"kind", std::find(kinds.begin(), kinds.end(), kind) - kinds.begin()},
                      {"picture", pictures[i]}});
  }
  return points;
}

json json_from_maps(const LatentStudy& study) {
  json spaces = json::array();
  for (const LatentSpace& space : study.spaces) {
    json places = json::array();
    for (const float value : space.map.values<float>()) places.push_back(std::stod(fmt::format("{:.4g}", value)));
    spaces.push_back({{"name", name_of_space(space)}, {"places", std::move(places)}});
  }
  return spaces;
}

/// JSON that cannot end the script element it stands in. A name that is not UTF-8 keeps what is.
std::string embedded(const json& data) {
  std::string text;
  for (const char c : json_text(data)) text += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return text;
}

std::string select_html(const char* id, const char* label, const std::vector<std::string>& names, std::size_t chosen) {
  std::string html = fmt::format("<label>{} <select id=\"{}\">", label, id);
  for (std::size_t i = 0; i < names.size(); ++i)
    html += fmt::format("<option value=\"{}\"{}>{}</option>", i, i == chosen ? " selected" : "", escape_html(names[i]));
  return html + "</select></label>\n";
}

std::string legend_html(const LatentStudy& study, const std::vector<std::string>& kinds) {
  std::string html = "<div class=\"kinds\" role=\"group\" aria-label=\"shown images\">";
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    const auto count = std::count_if(study.points.begin(), study.points.end(), [&](const LatentPoint& point) {
      return (point.learnt ? kinds[0] : point.defect) == kinds[kind];
    });
    if (count > 0)
      html += fmt::format(
          "<button type=\"button\" class=\"chip {}\" data-kind=\"{}\" aria-pressed=\"true\"><i></i>{} "
          "<span>{}</span></button>",
          tone_of_kind(kind), kind, escape_html(kinds[kind]), count);
  }
  return html + "</div>\n";
}

}  // namespace

std::string latent_map(const LatentStudy& study, const std::function<Tensor(std::size_t)>& load_image) {
  if (study.points.empty() || study.spaces.empty() || !load_image) return "";
  const std::vector<std::string> kinds = kinds_of(study);
  std::vector<std::string> names;
  for (const LatentSpace& space : study.spaces) names.push_back(name_of_space(space));
  const std::vector<std::string> axes = {"1st component", "2nd component", "3rd component"};
  json tones = json::array();
  for (std::size_t kind = 0; kind < kinds.size(); ++kind)
    tones.push_back({{"name", kinds[kind]}, {"tone", tone_of_kind(kind)}});
  const json data = {
      {"kinds", tones}, {"points", json_from_points(study, kinds, load_image)}, {"spaces", json_from_maps(study)}};
  return html_section(
      "map", "Map",
      "Every point is an image, placed by the principal components of all images shown. Point at one to see it, click "
      "to keep it; with the keyboard, arrow keys walk from point to point. A kind's button hides it.",
      "<div class=\"choices\">" + select_html("map-space", "space", names, 0) +
          select_html("map-x", "across", axes, 0) + select_html("map-y", "up", axes, 1) + "</div>\n" +
          legend_html(study, kinds) +
          "<div class=\"map\"><svg class=\"plot scatter\" viewBox=\"0 0 820 520\" tabindex=\"0\" role=\"application\" "
          "aria-label=\"map of the images; arrow keys walk from point to point\" aria-describedby=\"map-card\"></svg>\n"
          "<aside id=\"map-card\" aria-live=\"polite\"><p class=\"hint\">Point at an image.</p></aside></div>\n"
          "<noscript><p>The map needs JavaScript.</p></noscript>\n<script type=\"application/json\" id=\"map-data\">" +
          embedded(data) + "</script>\n");
}

}  // namespace vigie
