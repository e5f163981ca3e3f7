#include "vigie/data/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "vigie/data/doctor_checks.h"
#include "vigie/data/duplicates.h"
#include "vigie/data/file_facts.h"
#include "vigie/data/findings.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

using Severity = Finding::Severity;
using Facts = std::vector<SampleFacts>;

constexpr std::int64_t kFewNormals = 10;
constexpr std::int64_t kSmallestImage = 8;  // pixels; what preprocess_image() accepts

void check_images(const Facts& facts, Findings& findings) {
  auto& unreadable = findings.add(Severity::Error, "{} cannot be read", "image", "images");
  auto& tiny = findings.add(Severity::Error, "{} smaller than 8x8 pixels", "image", "images");
  auto& blank = findings.add(Severity::Warning, "{} of one colour throughout", "image", "images");
  for (const SampleFacts& one : facts) {
    if (!one.image.error.empty()) {
      unreadable.count(one.image.error);
      continue;
    }
    if (std::min(one.image.width, one.image.height) < kSmallestImage)
      tiny.count(one.sample->image, fmt::format("{}x{}", one.image.width, one.image.height));
    if (one.image.one_colour) blank.count(one.sample->image);
  }
}

void check_missing_masks(const Dataset& dataset, Findings& findings) {
  std::vector<const Sample*> missing;
  std::int64_t anomalous = 0;
  for (const Sample& sample : dataset.test()) {
    anomalous += sample.is_defect();
    if (sample.is_defect() && sample.mask.empty()) missing.push_back(&sample);
  }
  const bool none_at_all = static_cast<std::int64_t>(missing.size()) == anomalous;
  if (none_at_all) {
    if (anomalous > 0) findings.note(Severity::Note, "no masks: only whole images can be measured, not pixels");
    return;
  }
  auto& finding = findings.add(Severity::Warning, "{} without a mask", "anomalous test image", "anomalous test images");
  for (const Sample* sample : missing) finding.count(sample->image);
}

/// What lies in the folder and is not used: the user may think it is.
void check_left_out(const Dataset& dataset, Findings& findings) {
  auto& orphans = findings.add(Severity::Warning, "{} without an image", "mask", "masks");
  for (const LeftOut& one : dataset.left_out)
    if (one.why == LeftOut::Why::LoneMask) orphans.count(one.path);
  for (const LeftOutLine& line : lines_of(dataset.left_out, dataset.root))
    if (line.why != LeftOut::Why::LoneMask)
      findings.note(matters(line.why) ? Severity::Warning : Severity::Note, line.text);
  for (const std::string& note : dataset.notes) findings.note(Severity::Note, note);
}

/// "train: 209 RGB, 2 grey" for what differs between images.
template <typename Describe>
std::string mix_of(const Facts& facts, const Describe& describe) {
  std::map<std::string, std::int64_t> train, test;
  std::set<std::string> all;
  for (const SampleFacts& one : facts) {
    if (!one.image.error.empty()) continue;
    ++(one.in_train() ? train : test)[describe(one.image)];
    all.insert(describe(one.image));
  }
  if (all.size() < 2) return "";
  const auto listed = [](const std::map<std::string, std::int64_t>& counts) {
    std::string text;
    for (const auto& [what, count] : counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
    return text.empty() ? "none" : text;
  };
  return fmt::format("train has {}; test has {}", listed(train), listed(test));
}

void check_mix(const Facts& facts, Findings& findings) {
  const std::string channels =
      mix_of(facts, [](const FileFacts& f) { return std::string(f.channels == 1 ? "grey" : "RGB"); });
  if (!channels.empty()) findings.note(Severity::Warning, "grey and colour images are mixed: " + channels);
  const std::string bits = mix_of(facts, [](const FileFacts& f) { return fmt::format("of {} bits", f.bits); });
  if (!bits.empty()) findings.note(Severity::Warning, "bit depths are mixed: " + bits);
  std::set<std::pair<std::int64_t, std::int64_t>> sizes;
  for (const SampleFacts& one : facts)
    if (one.image.error.empty()) sizes.insert({one.image.width, one.image.height});
  if (sizes.size() > 1)
    findings.note(Severity::Note,
                  fmt::format("images come in {} sizes, from {}x{} to {}x{}", sizes.size(), sizes.begin()->first,
                              sizes.begin()->second, sizes.rbegin()->first, sizes.rbegin()->second));
}

void check_counts(const Dataset& dataset, Findings& findings) {
  const auto normals = static_cast<std::int64_t>(dataset.normals().size());
  const auto anomalous = std::ranges::count_if(dataset.test(), &Sample::is_defect);
  const auto good = static_cast<std::int64_t>(dataset.test().size()) - anomalous;
  if (const auto labelled = dataset.labelled(); !labelled.empty())
    findings.note(Severity::Note, fmt::format("{} labelled {} in the training set: {}; methods that learn from good "
                                              "parts leave {} out",
                                              labelled.size(), labelled.size() == 1 ? "defect" : "defects",
                                              defect_counts(dataset, labelled), labelled.size() == 1 ? "it" : "them"));
  if (normals == 0)
    findings.note(Severity::Error, "no good images to learn from");
  else if (normals < kFewNormals)
    findings.note(Severity::Warning, fmt::format("only {} good {} to learn from; at least {} are advised", normals,
                                                 normals == 1 ? "image" : "images", kFewNormals));
  if (dataset.test().empty())
    findings.note(Severity::Note, "no test images: nothing can be measured");
  else if (anomalous == 0)
    findings.note(Severity::Note, "no anomalous test images: detection cannot be measured");
  else if (good == 0)
    findings.note(Severity::Note, "no good test images: false alarms cannot be measured");
}

}  // namespace

bool Diagnosis::usable() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& finding) { return finding.severity == Severity::Error; });
}

Diagnosis diagnose(const Dataset& dataset, const RunContext& context) {
  const Facts facts = read_facts(dataset, context);
  Findings findings(dataset.root);
  check_images(facts, findings);
  check_duplicates(facts, findings);
  check_masks(facts, findings);
  check_missing_masks(dataset, findings);
  check_left_out(dataset, findings);
  check_counts(dataset, findings);
  check_mix(facts, findings);
  check_depth(facts, findings);
  return {findings.worst_first()};
}

}  // namespace vigie
