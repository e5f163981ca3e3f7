#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vigie {

/// What the name of a folder, or a label in a list, says about the images under it.
enum class LabelKind {
  Good,      ///< parts with nothing wrong: good, OK, i.O., normal, pass, gut, bon, defect-free …
  Defect,    ///< parts with a defect: bad, NG, n.i.O., not_ok, def_front, scratch …
  NotAPart,  ///< images that show no part: mask, ground_truth, overlay, heatmap …
  Unknown
};

/// The words are in word_table.cpp, all in one table. Case, accents and what stands between words do not count; "not",
/// "no", "nicht", "sans" … turn the next word round, "-free" the one before. A name with a good and a bad word is
/// Unknown.
LabelKind label_of(std::string_view text);

/// The same for a value in a list, where also 0 (0.0, false) is Good and 1 (1.0, true) is Defect.
LabelKind label_of_value(std::string_view value);

/// A name that says "defect" and not which: bad, NG, anomaly … (false: scratch, def_front).
bool is_plain_defect(std::string_view text);

/// What a file's name says, without extension: Good or Defect where one of its words does ("ok_001", "001-NG"). Only
/// plain words count, since a name may hold the product's: "crack_detector_7" is Unknown.
LabelKind label_of_file_name(std::string_view stem);

/// Does the text name what holds masks (mask, ground_truth, gt, label …), among all that is NotAPart?
bool names_masks(std::string_view text);

/// What a word (folded) at the end or the beginning of a file's name says: that it goes with another image.
enum class CompanionWord {
  None,
  Mask,    ///< pixel labels: mask, gt
  Label,   ///< pixel labels, if there is such another image: label (a part may carry a label)
  Picture  ///< drawn for people: overlay, heatmap
};
CompanionWord companion_word(std::string_view word);

/// Folders that say nothing of their images: images, img, data, rgb …
bool is_container(std::string_view folder);

/// Lower case, accents and combining marks dropped ("Défaut" -> "defaut"), whatever script else as it is. UTF-8.
std::string folded(std::string_view text);

/// Words of a name: parted by anything but letters and digits, and between a small and a capital letter; folded.
/// Single letters in a row are one word: "n.i.O." -> "nio".
std::vector<std::string> words_of(std::string_view text);

/// Some of the words for good, for messages.
constexpr std::string_view kGoodWordsShown = "good, ok, i.O., normal, pass, gut, bon";

}  // namespace vigie
