#include "vigie/data/duplicates.h"

#include <map>

namespace vigie {

void check_duplicates(const std::vector<SampleFacts>& facts, Findings& findings) {
  using Severity = Finding::Severity;
  auto& leaked = findings.add(Severity::Error, "{} also in train (leakage)", "test image is", "test images are");
  auto& contradicting =
      findings.add(Severity::Error, "{} another with a different label", "image repeats", "images repeat");
  auto& in_train =
      findings.add(Severity::Warning, "{} another one", "training image repeats", "training images repeat");
  auto& in_test = findings.add(Severity::Warning, "{} another one", "test image repeats", "test images repeat");
  std::map<std::uint64_t, const SampleFacts*>
      first;  // what is learnt from comes first, so that leakage is noticed as such
  for (const SampleFacts& one : facts) {
    if (!one.image.error.empty()) continue;
    const auto [met, is_new] = first.emplace(one.image.digest, &one);
    if (is_new) continue;
    const SampleFacts& other = *met->second;
    const std::string same = "same pixels as " + findings.name_of(other.sample->image);
    if (!one.in_train() && other.in_train())
      leaked.count(one.sample->image, same);
    else if (one.sample->is_defect() != other.sample->is_defect())
      contradicting.count(one.sample->image, same);
    else if (one.in_train())
      in_train.count(one.sample->image, same);
    else
      in_test.count(one.sample->image, same);
  }
}

}  // namespace vigie
