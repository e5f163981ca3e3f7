#include "vigie/evaluation/run_summary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "vigie/core/text.h"
#include "vigie/evaluation/format.h"

namespace vigie {
namespace {

using nlohmann::json;

constexpr double kMegabyte = 1e6;

constexpr std::array<RunColumn, 9> kColumns{{
    {"image AUROC", 3, true, true, [](const RunRecord& run) { return run.evaluation.image_auroc; }},
    {"pixel AUROC", 3, true, true, [](const RunRecord& run) { return run.evaluation.pixel_auroc; }},
    {"AUPRO", 3, true, true, [](const RunRecord& run) { return run.evaluation.aupro; }},
    {"AUPRO(anomalous)", 3, true, true, [](const RunRecord& run) { return run.evaluation.aupro_anomalous; }},
    {"F1 at threshold", 3, true, true, [](const RunRecord& run) { return run.evaluation.at_threshold.f1(); }},
    {"best F1", 3, true, true, [](const RunRecord& run) { return run.evaluation.image_f1_max; }},
    {"fit s", 1, false, false, [](const RunRecord& run) { return run.fit_seconds; }},
    {"predict ms", 1, false, false, [](const RunRecord& run) { return run.predict_ms; }},
    {"model MB", 1, false, false,
     [](const RunRecord& run) { return static_cast<double>(run.model_bytes) / kMegabyte; }},
}};

std::string dump(const json& value) {
  return json_text(value);
}

/// Keys of the options whose value is not the same in all runs of `detector`.
std::set<std::string> differing_options(const std::vector<RunRecord>& runs, const std::string& detector) {
  std::set<std::string> keys, differing;
  for (const RunRecord& run : runs) {
    if (run.detector != detector || !run.options.is_object()) continue;
    for (const auto& [key, value] : run.options.items()) keys.insert(key);
  }
  for (const std::string& key : keys) {
    std::set<std::string> values;
    for (const RunRecord& run : runs) {
      if (run.detector != detector) continue;
      const bool known = run.options.is_object() && run.options.contains(key);
      values.insert(known ? dump(run.options[key]) : "");
    }
    if (values.size() > 1) differing.insert(key);
  }
  return differing;
}

template <typename Member>
bool differs(const std::vector<RunRecord>& runs, Member member) {
  return std::any_of(runs.begin(), runs.end(), [&](const RunRecord& run) { return run.*member != runs[0].*member; });
}

void append_word(std::string& text, const std::string& word) {
  if (!text.empty()) text += ' ';
  text += word;
}

}  // namespace

std::span<const RunColumn> run_columns() {
  return kColumns;
}

std::size_t run_column(std::string_view title) {
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    if (title == kColumns[i].title) return i;
  }
  fail(ErrorKind::Internal, "run_column", "no column '{}'", title);
}

std::vector<std::string> run_variants(const std::vector<RunRecord>& runs) {
  const bool protocols = differs(runs, &RunRecord::protocol), precisions = differs(runs, &RunRecord::precision);
  std::map<std::string, std::set<std::string>> options;
  std::vector<std::string> variants;
  for (const RunRecord& run : runs) {
    if (!options.contains(run.detector)) options[run.detector] = differing_options(runs, run.detector);
    std::string variant;
    for (const std::string& key : options[run.detector]) {
      if (run.options.is_object() && run.options.contains(key)) {
        append_word(variant, fmt::format("{}={}", key, dump(run.options[key])));
      }
    }
    if (protocols) append_word(variant, run.protocol);
    if (precisions) append_word(variant, run.precision);
    variants.push_back(variant);
  }
  return variants;
}

std::vector<RunGroup> group_runs(const std::vector<RunRecord>& runs) {
  const std::vector<std::string> variants = run_variants(runs);
  std::vector<RunGroup> groups;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const RunRecord& run = runs[i];
    auto group = std::find_if(groups.begin(), groups.end(), [&](const RunGroup& known) {
      return known.detector == run.detector && known.backbone == run.backbone && known.variant == variants[i];
    });
    if (group == groups.end()) group = groups.insert(groups.end(), {run.detector, run.backbone, variants[i], {}});
    group->runs.push_back(&run);
  }
  return groups;
}

Spread spread_of(const RunGroup& group, const RunColumn& column) {
  std::vector<double> values;
  for (const RunRecord* run : group.runs) {
    if (const double value = column.value(*run); std::isfinite(value)) values.push_back(value);
  }
  constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
  if (values.empty()) return {kUndefined, kUndefined};
  const auto count = static_cast<double>(values.size());
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / count;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, values.size() < 2 ? kUndefined : std::sqrt(squares / (count - 1))};
}

std::string format_spread(const Spread& spread, int digits) {
  if (std::isnan(spread.std)) return format_number(spread.mean, digits);
  return fmt::format("{} ± {}", format_number(spread.mean, digits), format_number(spread.std, digits));
}

}  // namespace vigie
