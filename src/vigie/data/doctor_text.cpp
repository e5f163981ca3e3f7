#include <fmt/format.h>

#include <algorithm>

#include "vigie/data/doctor.h"

namespace vigie {

namespace {

using Severity = Finding::Severity;

constexpr std::size_t kMostExamples = 5;

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Note:
      return "note";
  }
  return "?";
}

std::int64_t count_of(const Diagnosis& diagnosis, Severity severity) {
  return std::count_if(diagnosis.findings.begin(), diagnosis.findings.end(),
                       [&](const Finding& finding) { return finding.severity == severity; });
}

std::string verdict_of(const Diagnosis& diagnosis) {
  const std::int64_t errors = count_of(diagnosis, Severity::Error), warnings = count_of(diagnosis, Severity::Warning);
  const auto counted = [](std::int64_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
  };
  if (errors > 0) {
    const std::string more = errors == 1 ? "" : fmt::format(" (and {})", counted(errors - 1, "more error"));
    return fmt::format("verdict: not usable: {}{}", diagnosis.findings.front().what, more);
  }
  return warnings == 0 ? "verdict: usable" : fmt::format("verdict: usable, with {}", counted(warnings, "warning"));
}

/// "24 training images", or "27 training images (24 good, 3 anomalous)".
std::string training_images(const Dataset& dataset) {
  const std::size_t good = dataset.normals().size(), anomalous = dataset.labelled().size();
  const std::string text = fmt::format("{} training images", good + anomalous);
  return anomalous == 0 ? text : fmt::format("{} ({} good, {} anomalous)", text, good, anomalous);
}

}  // namespace

nlohmann::json json_from_diagnosis(const Dataset& dataset, const Diagnosis& diagnosis) {
  nlohmann::json findings = nlohmann::json::array(), left_out = nlohmann::json::array();
  for (const Finding& finding : diagnosis.findings)
    findings.push_back(
        {{"severity", name_of(finding.severity)}, {"what", finding.what}, {"examples", finding.examples}});
  for (const LeftOut& one : dataset.left_out)
    left_out.push_back({{"path", one.path.lexically_proximate(dataset.root).generic_string()},
                        {"reason", name_of(one.why)},
                        {"files", one.files}});
  return {{"usable", diagnosis.usable()}, {"findings", findings}, {"left_out", left_out}};
}

std::string text_from_diagnosis(const Dataset& dataset, const Diagnosis& diagnosis) {
  const auto test = dataset.test();
  const std::int64_t anomalous = std::ranges::count_if(test, &Sample::is_defect);
  std::string text = fmt::format("{} ({} layout) in {}\n{}, {} test images ({} good, {} anomalous)\n", dataset.name,
                                 dataset.layout, dataset.root.empty() ? "." : dataset.root.string(),
                                 training_images(dataset), test.size(), std::ssize(test) - anomalous, anomalous);
  text += diagnosis.findings.empty() ? "\nnothing to complain about\n" : "\n";
  for (const Finding& finding : diagnosis.findings) {
    text += fmt::format("{:<8} {}\n", name_of(finding.severity), finding.what);
    const std::size_t shown = std::min(kMostExamples, finding.examples.size());
    for (std::size_t i = 0; i < shown; ++i) text += fmt::format("{:<8}   {}\n", "", finding.examples[i]);
    if (shown < finding.examples.size())
      text += fmt::format("{:<8}   and {} more; --json lists all\n", "", finding.examples.size() - shown);
  }
  return text + fmt::format("\n{}\n", verdict_of(diagnosis));
}

}  // namespace vigie
