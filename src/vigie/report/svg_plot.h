#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vigie {

/// Charts as inline SVG. Colours come from the page: a `tone` is a CSS class that sets --tone ("tone-good").
struct PlotPoint {
  double x = 0, y = 0;
};

struct PlotLine {
  std::string tone;
  std::vector<PlotPoint> points;
  bool dashed = false;
};

struct PlotMarker {
  std::string tone;
  PlotPoint at;
  std::string label;    ///< beside the mark; may be empty
  std::string tooltip;  ///< on hover
};

struct PlotAxis {
  std::string label;
  double low = 0, high = 1;
  bool logarithmic = false;    ///< low > 0
  bool whole_numbers = false;  ///< no ticks between them
};

/// In units of about a pixel.
struct PlotSize {
  double width = 480, height = 340;
};

struct LineChart {
  PlotAxis x, y;
  std::vector<PlotLine> lines;
  std::vector<PlotMarker> markers;
  PlotSize size = {};
};
/// Labels of marks move up or down until they do not cover each other.
std::string svg_line_chart(const LineChart& chart);

/// Bars stacked from several series; each bar is a button with data-bin = its index.
struct Histogram {
  std::string x_label, y_label;
  std::vector<std::string> names, tones;  ///< of the series, bottom of the stack first
  struct Bin {
    double low = 0, high = 0;
    std::vector<std::int64_t> counts;  ///< one per series
  };
  std::vector<Bin> bins;
  double threshold = 0;  ///< a vertical line; NaN: none
  PlotSize size = {};
};
std::string svg_histogram(const Histogram& histogram);

/// About `wanted` round numbers (1, 2 or 5 times a power of ten apart) within [low, high].
std::vector<double> round_ticks(double low, double high, int wanted);
/// 1, 2 and 5 times powers of ten within [low, high]; powers of ten alone over more than three decades.
std::vector<double> log_ticks(double low, double high);

/// "<ul class=legend>": a coloured key and a name for each.
std::string html_legend(const std::vector<std::string>& names, const std::vector<std::string>& tones);

}  // namespace vigie
