#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "vigie/core/threads.h"
#include "vigie/evaluation/format.h"
#include "vigie/report/html.h"
#include "vigie/report/panels.h"
#include "vigie/report/report_parts.h"

namespace vigie {
namespace {

/// A card holds up to four thumbnails, about 50 kB: the page stays under some 8 MB.
constexpr std::size_t kMaxCards = 150;

bool is_mistake(const ReportView& view, std::size_t i) {
  const Outcome outcome = view.outcome_of(view.images[i]);
  return outcome == Outcome::Missed || outcome == Outcome::FalseAlarm;
}

/// Mistakes first, the furthest on the wrong side of the threshold leading; then right decisions, the closest leading.
std::vector<std::size_t> by_error(const ReportView& view) {
  std::vector<std::size_t> order(view.images.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto error = [&](std::size_t i) {
    const double distance = std::abs(view.images[i].score - view.threshold());
    return std::isnan(distance) ? 0 : is_mistake(view, i) ? distance : -distance;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const bool wrong_a = is_mistake(view, a), wrong_b = is_mistake(view, b);
    return wrong_a != wrong_b ? wrong_a : error(a) > error(b);
  });
  return order;
}

/// All of `order` when it fits; else the mistakes and an even sample of the rest.
std::vector<std::size_t> choose_cards(const ReportView& view, const std::vector<std::size_t>& order) {
  if (order.size() <= kMaxCards) return order;
  const auto right =
      std::partition_point(order.begin(), order.end(), [&](std::size_t i) { return is_mistake(view, i); });
  const auto mistakes = static_cast<std::size_t>(right - order.begin());
  std::vector<std::size_t> chosen(order.begin(),
                                  order.begin() + static_cast<std::ptrdiff_t>(std::min(mistakes, kMaxCards)));
  const std::size_t others = order.size() - mistakes, room = kMaxCards - chosen.size();
  for (std::size_t k = 0; k < room; ++k) chosen.push_back(right[static_cast<std::ptrdiff_t>(k * others / room)]);
  return chosen;
}

std::string figure(const std::string& uri, std::string_view caption, std::string_view instead) {
  if (uri.empty())
    return fmt::format("<figure><div class=\"blank\">{}</div><figcaption>{}</figcaption></figure>", instead, caption);
  return fmt::format(
      "<figure><img loading=\"lazy\" decoding=\"async\" alt=\"{}\" src=\"{}\"><figcaption>{}</figcaption></figure>",
      caption, uri, caption);
}

std::string panels_html(const ReportView& view, const ImageEvidence& image, const Panels& panels) {
  std::string html = "<div class=\"panels\">" + figure(panels.image, "image", "");
  if (!image.map.empty()) {
    html += figure(panels.heat, "anomaly map", "") + figure(panels.predicted, "predicted", "nothing marked");
  }
  if (view.has_masks) {
    html += figure(panels.truth, "ground truth", image.anomalous() ? "no pixel labels" : "no defect");
  }
  return html + "</div>";
}

/// Where the score lies among all scores, beside the threshold.
std::string score_html(const ReportView& view, const ImageEvidence& image) {
  const double low = std::fmin(view.lowest_score, view.threshold()),
               high = std::fmax(view.highest_score, view.threshold());
  const auto percent = [&](double value) { return high > low ? 100 * (value - low) / (high - low) : 50; };
  const double margin = image.score - view.threshold();
  std::string html = "<footer>";
  if (!std::isnan(margin)) {
    html += fmt::format("<span class=\"scorebar\" style=\"--at:{:.1f}%;--cut:{:.1f}%\"><i></i></span>",
                        percent(image.score), percent(view.threshold()));
  }
  html += fmt::format("<span class=\"score\"><b>{}</b>", format_score(image.score));
  if (!std::isnan(margin)) {
    html +=
        fmt::format(" &middot; {} {} the threshold", format_score(std::abs(margin)), margin < 0 ? "below" : "above");
  }
  return html + "</span></footer>";
}

std::string card_html(const ReportView& view, std::size_t index) {
  const ImageEvidence& image = view.images[index];
  const Outcome outcome = view.outcome_of(image);
  const Panels panels =
      render_panels(image, view.input.load_image(index), view.heat, view.input.evaluation.thresholds.pixel,
                    outcome == Outcome::Found || outcome == Outcome::FalseAlarm);
  return fmt::format(
      "<article class=\"card {0}\" data-outcome=\"{0}\" data-defect=\"{1}\" data-bin=\"{2}\" tabindex=\"0\">"
      "<header><span class=\"badge\">{3}</span><span class=\"kind {4}\"><i></i>{1}</span>"
      "<span class=\"name\" title=\"{5}\"><bdi>{5}</bdi></span></header>{6}{7}</article>\n",
      slug_of(outcome), escape_html(image.defect), view.bins.index_of(image.score), title_of(outcome),
      view.tone_of(image.defect), escape_html(image.image), panels_html(view, image, panels), score_html(view, image));
}

std::string filter_button(std::string_view group, std::string_view value, std::string_view name, std::size_t count,
                          std::string_view tone = "") {
  return fmt::format(
      "<button type=\"button\" class=\"chip {0}\" data-{1}=\"{2}\" aria-pressed=\"{3}\">{4}{5} "
      "<span>{6}</span></button>",
      tone, group, escape_html(value), value == "all" ? "true" : "false", tone.empty() ? "" : "<i></i>",
      escape_html(name), count);
}

std::string filters_html(const ReportView& view, const std::vector<std::size_t>& cards) {
  const auto count = [&](auto&& wanted) {
    return static_cast<std::size_t>(
        std::count_if(cards.begin(), cards.end(), [&](std::size_t i) { return wanted(view.images[i], i); }));
  };
  const auto with = [&](Outcome outcome) {
    return count([&](const ImageEvidence& image, std::size_t) { return view.outcome_of(image) == outcome; });
  };
  std::string html =
      "<div class=\"filters\" hidden><div>" + filter_button("verdict", "all", "all", cards.size()) +
      filter_button("verdict", "mistakes", "mistakes", with(Outcome::Missed) + with(Outcome::FalseAlarm));
  for (const Outcome outcome : {Outcome::Missed, Outcome::FalseAlarm, Outcome::Found, Outcome::Passed}) {
    html += filter_button("verdict", slug_of(outcome), title_of(outcome), with(outcome));
  }
  html += "</div><div>" + filter_button("type", "all", "every type", cards.size());
  std::vector<std::string> kinds = view.defects;
  kinds.insert(kinds.begin(), "good");
  for (const std::string& kind : kinds) {
    const std::size_t images = count([&](const ImageEvidence& image, std::size_t) { return image.defect == kind; });
    html += filter_button("type", kind, kind, images, view.tone_of(kind));
  }
  return html +
         "</div><p class=\"status\"><output></output> <button type=\"button\" class=\"chip\" data-clear>show "
         "all</button></p></div>\n";
}

std::string heat_legend(const ReportView& view) {
  if (!view.has_maps) return "";
  const double cut = view.input.evaluation.thresholds.pixel;
  const double at = 100 * (cut - view.heat.low) / (view.heat.high - view.heat.low);
  std::string html =
      fmt::format("<div class=\"ramp\"><span>{}</span><span class=\"bar\"><img alt=\"heat colours\" src=\"{}\">",
                  format_score(view.heat.low), render_heat_ramp());
  if (at >= 0 && at <= 100) {
    html += fmt::format("<i style=\"left:{:.1f}%\" title=\"pixel threshold {}\"></i>", at, format_score(cut));
  }
  return html + fmt::format(
                    "</span><span>{}</span><em>anomaly map, one scale for all images; the tick is the pixel "
                    "threshold {}</em></div>\n",
                    format_score(view.heat.high), format_score(cut));
}

}  // namespace

std::string report_gallery(const ReportView& view) {
  if (view.images.empty() || !view.input.load_image) return "";
  const std::vector<std::size_t> order = by_error(view);
  const std::vector<std::size_t> cards = choose_cards(view, order);
  std::vector<std::string> html(cards.size());
  parallel_for(static_cast<std::int64_t>(cards.size()), [&](std::int64_t k) {
    const auto i = static_cast<std::size_t>(k);
    html[i] = card_html(view, cards[i]);
  });
  std::string content = filters_html(view, cards) + heat_legend(view) +
                        (view.has_maps ? "<div class=\"gallery\">\n" : "<div class=\"gallery small\">\n");
  for (const std::string& card : html) content += card;
  content +=
      "</div>\n<dialog class=\"viewer\"><form method=\"dialog\"><button aria-label=\"close\">&times;</button></form>"
      "<div class=\"content\"></div></dialog>\n";
  std::string lead =
      "Largest mistakes first, then right decisions from the closest call on. Click a card to enlarge it; "
      "the arrow keys walk on.";
  if (cards.size() < order.size()) {
    lead += fmt::format(" <b>{} of {} images are shown:</b> the mistakes and an even sample of the rest.", cards.size(),
                        order.size());
  }
  return html_section("gallery", "Images", lead, content);
}

}  // namespace vigie
