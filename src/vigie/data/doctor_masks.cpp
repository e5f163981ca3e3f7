#include <fmt/format.h>

#include "vigie/data/doctor_checks.h"
#include "vigie/data/mask_cover.h"

namespace vigie {

namespace {

using Severity = Finding::Severity;
using Carrier = MaskReading::Carrier;

/// Nearly all of the four sides set: the background, not a defect.
constexpr double kWholeBorder = 0.9;

/// How else the mask could be meant.
std::string_view other_reading(const FileFacts& mask) {
  switch (mask.reading.carrier) {
    case Carrier::Palette:
      return "a palette in which neither index 0 nor black covers most; perhaps another colour is the background";
    case Carrier::Alpha:
      return "read by its opacity (transparent = background); inverted, the transparent part is the defect";
    case Carrier::Value:
      return "read as any value above 0 = defect; inverted, black on white, it would be the rest";
  }
  return "";
}

void check_one(const SampleFacts& one, Findings::Counter& other_size, Findings::Counter& of_good,
               Findings::Counter& empty) {
  const FileFacts& mask = one.mask;
  if (one.image.error.empty() && (mask.width != one.image.width || mask.height != one.image.height))
    other_size.count(one.sample->mask, fmt::format("{}x{}, its image is {}x{}", mask.width, mask.height,
                                                   one.image.width, one.image.height));
  if (one.sample->is_defect() && mask.set_pixels == 0) empty.count(one.sample->mask);
  if (one.sample->is_good() && mask.set_pixels > 0) of_good.count(one.sample->image);
}

bool usable_mask(const SampleFacts& one) {
  return one.has_mask() && one.mask.error.empty();
}

/// Marks around the part instead of on it: one such mask may be a large defect, most of them are a mistake.
void check_inverted(const std::vector<SampleFacts>& facts, Findings& findings) {
  MaskCover cover;
  for (const SampleFacts& one : facts)
    if (usable_mask(one) && one.sample->is_defect()) cover.add(one.mask.set_pixels, one.mask.width * one.mask.height);
  auto& inverted = findings.add(Severity::Error, cover.text() + " ({}): they look inverted", "mask", "masks");
  auto& border = findings.add(
      Severity::Warning, "{} marking most of the picture and all of its border: perhaps inverted", "mask", "masks");
  for (const SampleFacts& one : facts) {
    if (!usable_mask(one) || !one.sample->is_defect()) continue;
    if (2 * one.mask.set_pixels <= one.mask.width * one.mask.height) continue;
    if (cover.inverted())
      inverted.count(one.sample->mask, std::string(other_reading(one.mask)));
    else if (one.mask.border_share >= kWholeBorder)
      border.count(one.sample->mask, std::string(other_reading(one.mask)));
  }
}

/// Nothing wrong, but somebody may have meant it otherwise.
void check_readings(const std::vector<SampleFacts>& facts, Findings& findings) {
  auto& turned =
      findings.add(Severity::Warning,
                   "{} without an orientation of their own, whose picture is turned by EXIF or TIFF orientation and "
                   "has the same size "
                   "either way: taken to lie as the picture is stored, not as it is shown; store such pictures upright",
                   "mask", "masks");
  auto& palette =
      findings.add(Severity::Note,
                   "{} with a palette whose first colour is not black: that colour or black, whichever covers "
                   "more, is taken as the background",
                   "mask", "masks");
  auto& alpha =
      findings.add(Severity::Note, "{} read by opacity: nothing else tells defect from background", "mask", "masks");
  auto& soft =
      findings.add(Severity::Note, "{} with soft edges (JPEG, or resized): cut at two fifths of the brightest value",
                   "mask", "masks");
  for (const SampleFacts& one : facts) {
    if (!usable_mask(one)) continue;
    const MaskReading& reading = one.mask.reading;
    if (reading.turn_assumed) turned.count(one.sample->mask);
    if (reading.carrier == Carrier::Palette) palette.count(one.sample->mask);
    if (reading.carrier == Carrier::Alpha) alpha.count(one.sample->mask);
    if (reading.soft) soft.count(one.sample->mask);
  }
}

}  // namespace

void check_masks(const std::vector<SampleFacts>& facts, Findings& findings) {
  auto& unreadable = findings.add(Severity::Error, "{} cannot be read", "mask", "masks");
  auto& other_size = findings.add(Severity::Error, "{} of another size than the image", "mask", "masks");
  auto& of_good = findings.add(Severity::Warning, "{} with a mask that marks a defect", "good image", "good images");
  auto& empty = findings.add(Severity::Warning, "{} marking no pixel", "mask", "masks");
  for (const SampleFacts& one : facts) {
    if (!one.has_mask()) continue;
    if (one.mask.error.empty())
      check_one(one, other_size, of_good, empty);
    else
      unreadable.count(one.mask.error);
  }
  check_inverted(facts, findings);
  check_readings(facts, findings);
}

}  // namespace vigie
