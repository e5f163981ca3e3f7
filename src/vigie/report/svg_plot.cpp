#include "vigie/report/svg_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "vigie/evaluation/format.h"
#include "vigie/report/html.h"

namespace vigie {
namespace {

/// Room around the drawing area, in the units of the picture.
constexpr double kLeft = 52, kTop = 14, kRightMargin = 16, kBottomMargin = 46;

/// From numbers to places in the picture.
class Frame {
 public:
  Frame(PlotAxis x, PlotAxis y, PlotSize size) : x_(std::move(x)), y_(std::move(y)), size_(size) {}
  double x(double value) const { return kLeft + share(x_, value) * (right() - kLeft); }
  double y(double value) const { return bottom() - share(y_, value) * (bottom() - kTop); }
  double right() const { return size_.width - kRightMargin; }
  double bottom() const { return size_.height - kBottomMargin; }
  const PlotSize& size() const { return size_; }
  const PlotAxis& x_axis() const { return x_; }
  const PlotAxis& y_axis() const { return y_; }

 private:
  static double share(const PlotAxis& axis, double value) {
    if (!(axis.high > axis.low)) return 0.5;
    const double share = axis.logarithmic ? std::log(value / axis.low) / std::log(axis.high / axis.low)
                                          : (value - axis.low) / (axis.high - axis.low);
    return std::clamp(share, 0.0, 1.0);
  }
  PlotAxis x_, y_;
  PlotSize size_;
};

std::vector<double> ticks_of(const PlotAxis& axis, int wanted) {
  std::vector<double> ticks =
      axis.logarithmic ? log_ticks(axis.low, axis.high) : round_ticks(axis.low, axis.high, wanted);
  if (axis.whole_numbers) std::erase_if(ticks, [](double tick) { return tick != std::round(tick); });
  return ticks;
}

std::string open_svg(const Frame& frame, std::string_view description) {
  std::string svg = fmt::format("<svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n",
                                frame.size().width, frame.size().height, escape_html(description));
  auto out = std::back_inserter(svg);
  for (const double tick : ticks_of(frame.y_axis(), 5)) {
    const double y = frame.y(tick);
    fmt::format_to(out, "<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", kLeft, frame.right(),
                   y, y);
    fmt::format_to(out, "<text class=\"tick\" x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{:.4g}</text>\n", kLeft - 8,
                   y + 4, tick);
  }
  for (const double tick : ticks_of(frame.x_axis(), 6)) {
    const double x = frame.x(tick);
    fmt::format_to(out, "<line class=\"axis\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{}\" y2=\"{}\"/>", x, x, frame.bottom(),
                   frame.bottom() + 4);
    fmt::format_to(out, "<text class=\"tick\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{:.4g}</text>\n", x,
                   frame.bottom() + 18, tick);
  }
  fmt::format_to(out, "<line class=\"axis\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>\n", kLeft, frame.right(),
                 frame.bottom(), frame.bottom());
  fmt::format_to(out, "<text class=\"label\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                 (kLeft + frame.right()) / 2, frame.size().height - 8, escape_html(frame.x_axis().label));
  fmt::format_to(
      out, "<text class=\"label\" transform=\"translate(13 {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
      (kTop + frame.bottom()) / 2, escape_html(frame.y_axis().label));
  return svg;
}

void append_line(std::string& svg, const Frame& frame, const PlotLine& line) {
  fmt::format_to(std::back_inserter(svg), "<polyline class=\"curve {}{}\" points=\"", line.tone,
                 line.dashed ? " dashed" : "");
  for (const PlotPoint& point : line.points) {
    fmt::format_to(std::back_inserter(svg), "{:.1f},{:.1f} ", frame.x(point.x), frame.y(point.y));
  }
  svg += "\"/>\n";
}

/// Where the label of a mark goes; keeps off the labels placed before.
class LabelPlacer {
 public:
  struct Place {
    double x, y;
    bool flush_right;
  };
  Place place(const Frame& frame, double x, double y, const std::string& label) {
    const double width = kCharacter * static_cast<double>(label.size());
    const bool flip = x + kGap + width > frame.right();
    const double left = flip ? x - kGap - width : x + kGap;
    double shift = 0;
    for (int attempt = 1; attempt < 12 && covers_another(left, y + shift, width); ++attempt) {
      shift = kLine * ((attempt + 1) / 2) * (attempt % 2 == 0 ? 1 : -1);  // up 1, down 1, up 2 …
    }
    taken_.push_back({left, y + shift, width});
    return {flip ? x - kGap : x + kGap, y + shift + 4, flip};
  }

 private:
  static constexpr double kCharacter = 6.8, kLine = 15, kGap = 11;
  struct Box {
    double left, y, width;
  };
  bool covers_another(double left, double y, double width) const {
    return std::any_of(taken_.begin(), taken_.end(), [&](const Box& box) {
      return std::abs(box.y - y) < kLine - 0.5 && left < box.left + box.width && box.left < left + width;
    });
  }
  std::vector<Box> taken_;
};

void append_marker(std::string& svg, const Frame& frame, const PlotMarker& marker, LabelPlacer& labels) {
  const double x = frame.x(marker.at.x), y = frame.y(marker.at.y);
  auto out = std::back_inserter(svg);
  fmt::format_to(out, "<g class=\"mark {}\"><title>{}</title><circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"6\"/>",
                 marker.tone, escape_html(marker.tooltip), x, y);
  if (!marker.label.empty()) {
    const LabelPlacer::Place place = labels.place(frame, x, y, marker.label);
    fmt::format_to(out, "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", place.x, place.y,
                   place.flush_right ? "end" : "start", escape_html(marker.label));
  }
  svg += "</g>\n";
}

std::string bin_tooltip(const Histogram& histogram, const Histogram::Bin& bin) {
  std::string text = fmt::format("score {} to {}", format_score(bin.low), format_score(bin.high));
  for (std::size_t s = 0; s < bin.counts.size(); ++s) {
    if (bin.counts[s] > 0) text += fmt::format("\n{}: {}", histogram.names[s], bin.counts[s]);
  }
  return text;
}

void append_bin(std::string& svg, const Frame& frame, const Histogram& histogram, std::size_t index) {
  const Histogram::Bin& bin = histogram.bins[index];
  const double left = frame.x(bin.low), right = frame.x(bin.high);
  const std::string tooltip = escape_html(bin_tooltip(histogram, bin));
  auto out = std::back_inserter(svg);
  fmt::format_to(out,
                 "<g class=\"bin\" data-bin=\"{}\" tabindex=\"0\" role=\"button\" aria-label=\"{}\"><title>{}</title>",
                 index, tooltip, tooltip);
  fmt::format_to(out, "<rect class=\"reach\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>", left, kTop,
                 right - left, frame.bottom() - kTop);
  std::int64_t below = 0;
  for (std::size_t s = 0; s < bin.counts.size(); ++s) {
    if (bin.counts[s] == 0) continue;
    const double bottom = frame.y(static_cast<double>(below));
    below += bin.counts[s];
    const double top = frame.y(static_cast<double>(below));
    fmt::format_to(out, "<rect class=\"bar {}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>",
                   histogram.tones[s], left + 0.75, top, std::max(right - left - 1.5, 1.0), bottom - top);
  }
  svg += "</g>\n";
}

}  // namespace

std::string svg_line_chart(const LineChart& chart) {
  const Frame frame(chart.x, chart.y, chart.size);
  LabelPlacer labels;
  std::string svg = open_svg(frame, chart.y.label + " against " + chart.x.label);
  for (const PlotLine& line : chart.lines) append_line(svg, frame, line);
  for (const PlotMarker& marker : chart.markers) append_marker(svg, frame, marker, labels);
  return svg + "</svg>\n";
}

std::string svg_histogram(const Histogram& histogram) {
  if (histogram.bins.empty()) return "";
  std::int64_t highest = 1;
  for (const Histogram::Bin& bin : histogram.bins) {
    highest = std::max(highest, std::accumulate(bin.counts.begin(), bin.counts.end(), std::int64_t{0}));
  }
  const Frame frame({histogram.x_label, histogram.bins.front().low, histogram.bins.back().high},
                    {histogram.y_label, 0, static_cast<double>(highest) * 1.08, false, true}, histogram.size);
  std::string svg = open_svg(frame, histogram.y_label + " by " + histogram.x_label);
  for (std::size_t i = 0; i < histogram.bins.size(); ++i) {
    if (std::any_of(histogram.bins[i].counts.begin(), histogram.bins[i].counts.end(), [](auto n) { return n > 0; })) {
      append_bin(svg, frame, histogram, i);
    }
  }
  if (!std::isnan(histogram.threshold)) {
    const double x = frame.x(histogram.threshold);
    const bool flip = x > kLeft + 0.75 * (frame.right() - kLeft);
    fmt::format_to(std::back_inserter(svg),
                   "<line class=\"threshold\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{}\" y2=\"{}\"/>"
                   "<text class=\"threshold-label\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"{}\">threshold {}</text>\n",
                   x, x, kTop - 8, frame.bottom(), flip ? x - 6 : x + 6, kTop, flip ? "end" : "start",
                   format_score(histogram.threshold));
  }
  return svg + "</svg>\n";
}

std::vector<double> round_ticks(double low, double high, int wanted) {
  if (!(high > low) || !std::isfinite(high - low)) return {low};
  const double rough = (high - low) / std::max(wanted, 1);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double share = rough / power;
  const double step = power * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10);
  std::vector<double> ticks;
  const double slack = step * 1e-6;
  for (double i = std::ceil((low - slack) / step); i * step <= high + slack; ++i)
    ticks.push_back(i == 0 ? 0.0 : i * step);
  return ticks;
}

std::vector<double> log_ticks(double low, double high) {
  std::vector<double> ticks;
  const bool dense = high / low < 1000;
  for (double power = std::pow(10.0, std::floor(std::log10(low))); power <= high; power *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double tick = power * factor;
      if ((dense || factor == 1.0) && tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push_back(tick);
    }
  }
  return ticks;
}

std::string html_legend(const std::vector<std::string>& names, const std::vector<std::string>& tones) {
  std::string html = "<ul class=\"legend\">";
  for (std::size_t i = 0; i < names.size(); ++i) {
    html += fmt::format("<li class=\"{}\"><i></i>{}</li>", tones[i], escape_html(names[i]));
  }
  return html + "</ul>\n";
}

}  // namespace vigie
