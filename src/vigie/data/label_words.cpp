#include "vigie/data/label_words.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "vigie/data/word_table.h"

namespace vigie {

namespace {

constexpr std::array<std::string_view, 7> kBothWords{"ground truth", "heat map",  "heat maps", "anomaly map",
                                                     "anomaly maps", "score map", "score maps"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter_or_digit(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

/// Letters of Latin-1 and Latin Extended-A (U+00C0 … U+017F) without their accents, in order of code point; '?' marks
/// what is no letter with an accent.
constexpr std::string_view kPlain =
    "aaaaaaaceeeeiiiidnooooo?ouuuuyts"   // U+00C0
    "aaaaaaaceeeeiiiidnooooo?ouuuuyty"   // U+00E0
    "aaaaaaccccccccddddeeeeeeeeeegggg"   // U+0100
    "gggghhhhiiiiiiiiiiiijjkkklllllll"   // U+0120
    "lllnnnnnnnnnoooooooorrrrrrssssss"   // U+0140
    "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";  // U+0160

/// Words joined where two make one: "ground truth".
std::vector<std::string> with_pairs_joined(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (const std::string& word : words) {
    const std::string pair = out.empty() ? "" : out.back() + " " + word;
    if (std::find(kBothWords.begin(), kBothWords.end(), pair) != kBothWords.end())
      out.back() += word;
    else
      out.push_back(word);
  }
  return out;
}

/// How often words of each meaning occur, after negations.
struct Tally {
  int good = 0, good_alone = 0, bad = 0, kind = 0, mask = 0, label = 0, picture = 0, unknown = 0;
};

/// "n_ok", "n i O" split otherwise: an n before a word for good negates it.
bool is_negation(const std::vector<std::string>& words, std::size_t at) {
  if (meaning_of(words[at]) == Word::Not) return true;
  return words[at] == "n" && at + 1 < words.size() && (words[at + 1] == "ok" || words[at + 1] == "io");
}

Tally tally_of(const std::vector<std::string>& words) {
  Tally tally;
  bool negated = false;
  int* last = nullptr;  // what the word before counted as
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (is_negation(words, i)) {
      negated = true;
      continue;
    }
    const auto meaning = meaning_of(words[i]);
    if (!meaning) {
      ++tally.unknown;
      continue;
    }
    int* counted = nullptr;
    if (*meaning == Word::Good) counted = negated ? &tally.bad : &tally.good;
    if (*meaning == Word::GoodAlone) counted = negated ? &tally.bad : &tally.good_alone;
    if (*meaning == Word::Bad) counted = negated ? &tally.good : &tally.bad;
    if (*meaning == Word::Kind) counted = negated ? &tally.good : &tally.kind;
    if (*meaning == Word::Mask) counted = &tally.mask;
    if (*meaning == Word::Label) counted = &tally.label;
    if (*meaning == Word::Picture) counted = &tally.picture;
    if (*meaning == Word::Free && (last != nullptr || i + 1 == words.size())) {
      if (last != nullptr) --*last;
      counted = &tally.good;
    }
    if (counted == nullptr) continue;
    ++*counted;
    negated = false;
    last = counted;
  }
  if (tally.unknown == 0) tally.good += tally.good_alone;
  return tally;
}

/// The words of `text`, or the whole of it as one word when that is known ("not ok" -> "notok", "良品").
std::vector<std::string> known_words(std::string_view text) {
  const std::vector<std::string> words = words_of(text);
  std::string joined;
  for (const std::string& word : words) joined += word;
  const auto whole = meaning_of(joined);
  if (whole && *whole != Word::Neutral) return {joined};
  std::vector<std::string> parted;  // "ok1" -> ok, 1
  for (const std::string& word : words) {
    const auto digits = std::find_if(word.begin(), word.end(), is_digit);
    if (digits == word.begin() || digits == word.end()) {
      parted.push_back(word);
      continue;
    }
    parted.emplace_back(word.begin(), digits);
    parted.emplace_back(digits, word.end());
  }
  return with_pairs_joined(parted);
}

bool is_not_a_part(const Tally& tally) {
  if (tally.unknown > 0) return false;
  if (tally.mask + tally.picture > 0) return true;
  return tally.label > 0 && tally.bad + tally.kind == 0;
}

}  // namespace

std::string folded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      out.push_back(static_cast<char>(std::tolower(byte)));
      continue;
    }
    const bool two = byte >= 0xC3 && byte <= 0xCD && i + 1 < text.size();
    const unsigned code = two ? (byte & 0x1FU) << 6U | (static_cast<unsigned char>(text[i + 1]) & 0x3FU) : 0;
    if (code >= 0xC0 && code < 0xC0 + kPlain.size() && kPlain[code - 0xC0] != '?') {
      out.push_back(kPlain[code - 0xC0]);
      if (code == 0xDF) out.push_back('s');
      ++i;
    } else if (code >= 0x300 && code < 0x370) {
      ++i;  // a combining accent
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(folded(word));
    word.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_letter_or_digit(text[i])) {
      end_word();
      continue;
    }
    const bool hump = !word.empty() && std::islower(static_cast<unsigned char>(word.back())) != 0 &&
                      std::isupper(static_cast<unsigned char>(text[i])) != 0;
    if (hump) end_word();
    word.push_back(text[i]);
  }
  end_word();
  std::vector<std::string> joined;
  bool single = false;  // the word before is one letter, or several joined
  for (std::string& one : words) {
    const bool letter = one.size() == 1 && !is_digit(one.front());
    if (letter && single)
      joined.back() += one;
    else
      joined.push_back(std::move(one));
    single = letter;
  }
  return joined;
}

LabelKind label_of(std::string_view text) {
  const Tally tally = tally_of(known_words(text));
  if (is_not_a_part(tally)) return LabelKind::NotAPart;
  const bool good = tally.good > 0, bad = tally.bad > 0;
  if (good && (bad || tally.kind > 0)) return LabelKind::Unknown;
  if (good) return LabelKind::Good;
  return bad || tally.kind > 0 ? LabelKind::Defect : LabelKind::Unknown;
}

LabelKind label_of_value(std::string_view value) {
  const std::string plain = folded(value);
  const auto is_one_of = [&](std::initializer_list<std::string_view> values) {
    return std::find(values.begin(), values.end(), plain) != values.end();
  };
  if (is_one_of({"0", "0.0", "0,0", "false", "no defect"})) return LabelKind::Good;
  if (is_one_of({"1", "1.0", "1,0", "true", "-1", "-1.0"})) return LabelKind::Defect;
  return label_of(value);
}

bool is_plain_defect(std::string_view text) {
  const Tally tally = tally_of(known_words(text));
  return tally.bad > 0 && tally.good + tally.kind + tally.unknown == 0;
}

LabelKind label_of_file_name(std::string_view stem) {
  const auto short_number = [](const std::string& word) {  // "ng01", not the hash "bad91230"
    const auto digits = std::find_if(word.begin(), word.end(), is_digit);
    return word.end() - digits <= 4 && std::all_of(digits, word.end(), is_digit);
  };
  std::vector<std::string> words = words_of(stem);
  std::erase_if(words, [&](const std::string& word) { return !short_number(word); });
  std::string text;
  for (const std::string& word : words) text += word + " ";
  const Tally tally = tally_of(known_words(text));
  if ((tally.good > 0) == (tally.bad > 0)) return LabelKind::Unknown;
  return tally.good > 0 ? LabelKind::Good : LabelKind::Defect;
}

bool names_masks(std::string_view text) {
  const Tally tally = tally_of(known_words(text));
  return tally.mask + tally.label > 0 && tally.picture == 0;
}

CompanionWord companion_word(std::string_view word) {
  const auto meaning = meaning_of(word);
  if (meaning == Word::Mask) return CompanionWord::Mask;
  if (meaning == Word::Label) return CompanionWord::Label;
  return meaning == Word::Picture ? CompanionWord::Picture : CompanionWord::None;
}

bool is_container(std::string_view folder) {
  return is_container_word(folded(folder));
}

}  // namespace vigie
