#pragma once

#include <optional>
#include <string_view>

namespace vigie {

/// What one word says.
enum class Word {
  Good,
  GoodAlone,  ///< good unless a word vigie does not know is beside it: clean, but not clean_cut
  Bad,        ///< a defect, of no kind
  Kind,       ///< a kind of defect; products may be called so too
  Mask,       ///< pixel labels, also within a name: scratch_mask
  Label,      ///< pixel labels when nothing but neutral words is beside it: labels, but not damaged_label
  Picture,    ///< drawn for people: overlay, heatmap
  Not,        ///< turns the next word round
  Free,       ///< turns the word before round; good when there is none
  Neutral     ///< says nothing
};

/// The meaning of a word, folded as by folded(); digits are Neutral; nullopt when it is not known.
std::optional<Word> meaning_of(std::string_view word);

/// Folders that say nothing of their images: images, img, data, rgb …
bool is_container_word(std::string_view word);

}  // namespace vigie
