#include <fmt/format.h>

#include "vigie/data/doctor_checks.h"
#include "vigie/data/training_depth.h"

namespace vigie {

namespace {

using Severity = Finding::Severity;

bool is_deep(const SampleFacts& one) {
  return one.image.error.empty() && one.image.bits > 8;
}

/// Test images that the depth of the training set does not hold.
void check_test_depth(const std::vector<SampleFacts>& facts, const SetDepth& train, Findings& findings) {
  const int bits = train.bits();
  auto& deeper =
      findings.add(Severity::Error, fmt::format("{{}} using more than the {} bits of the training set", bits),
                   "test image", "test images");
  auto& darker = findings.add(
      Severity::Warning,
      fmt::format(
          "{{}} of 16 bits using 12 or less, where the training set has {}: nearly black, unless 'bits' says how "
          "many they use",
          bits == 0 ? 8 : bits),
      "test image", "test images");
  for (const SampleFacts& one : facts) {
    if (one.in_train() || !is_deep(one) || one.image.stated_bits != 0) continue;
    const std::uint32_t largest = one.image.depth.largest;
    const std::string reason = fmt::format("largest value {}", largest);
    if (bits != 0 && largest > largest_of_bits(bits)) deeper.count(one.sample->image, reason);
    if ((bits == 0 || bits == 16) && largest <= largest_of_bits(12)) darker.count(one.sample->image, reason);
  }
}

void check_channels(const std::vector<SampleFacts>& facts, Findings& findings) {
  auto& unnamed = findings.add(Severity::Warning,
                               "{} with one channel more than grey or RGB that no tag calls alpha (near infrared, "
                               "height?): it is not looked at",
                               "image", "images");
  for (const SampleFacts& one : facts)
    if (one.image.unnamed_channel) unnamed.count(one.sample->image);
}

}  // namespace

void check_depth(const std::vector<SampleFacts>& facts, Findings& findings) {
  SetDepth train;
  for (const SampleFacts& one : facts)
    if (one.is_normal() && is_deep(one)) train.add(one.image.stated_bits, one.image.depth);
  if (train.learnt() && train.bits() < 16)
    findings.note(Severity::Note, fmt::format("16-bit images use {} bits (largest value {}): white is {}; 'bits' = 16 "
                                              "says that they are dark instead",
                                              train.bits(), train.largest(), largest_of_bits(train.bits())));
  check_test_depth(facts, train, findings);
  check_channels(facts, findings);
}

}  // namespace vigie
