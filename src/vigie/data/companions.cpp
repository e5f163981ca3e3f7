#include "vigie/data/companions.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "vigie/io/image.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || (static_cast<unsigned char>(c) & 0x80U) != 0;
}
bool is_separator(char c) {
  return c == '_' || c == '-' || c == '.' || c == ' ' || c == '(' || c == ')';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The letters before `end`.
std::size_t begin_of_word(const std::string& text, std::size_t end) {
  while (end > 0 && is_letter(text[end - 1])) --end;
  return end;
}
std::size_t end_before_separators(const std::string& text, std::size_t end) {
  while (end > 0 && is_separator(text[end - 1])) --end;
  return end;
}

/// "000_ground_truth": the word before makes one of two.
CompanionWord word_at(const std::string& text, std::size_t& begin, std::size_t end) {
  const std::string last = folded(text.substr(begin, end - begin));
  const std::size_t gap = end_before_separators(text, begin), first = begin_of_word(text, gap);
  const std::string both = folded(text.substr(first, gap - first)) + last;
  if (gap < begin && first < gap && companion_word(both) != CompanionWord::None) {
    begin = first;
    return companion_word(both);
  }
  return companion_word(last);
}

std::optional<CompanionName> from_the_end(const std::string& stem) {
  std::size_t end = stem.size();
  while (end > 0 && is_digit(stem[end - 1])) --end;
  end = end_before_separators(stem, end);
  for (const std::size_t stop : {stem.size(), end}) {
    std::size_t begin = begin_of_word(stem, stop);
    if (begin == stop) continue;
    const CompanionWord word = word_at(stem, begin, stop);
    const std::string base = stem.substr(0, end_before_separators(stem, begin));
    if (word != CompanionWord::None && !base.empty()) return CompanionName{base, word};
  }
  return std::nullopt;
}

std::optional<CompanionName> from_the_beginning(const std::string& stem) {
  std::size_t end = 0;
  while (end < stem.size() && is_letter(stem[end])) ++end;
  const CompanionWord word = companion_word(folded(stem.substr(0, end)));
  while (end < stem.size() && is_separator(stem[end])) ++end;
  if (word == CompanionWord::None || end == stem.size()) return std::nullopt;
  return CompanionName{stem.substr(end), word};
}

}  // namespace

std::optional<CompanionName> companion_name(const std::string& stem) {
  const auto found = from_the_end(stem);
  return found ? found : from_the_beginning(stem);
}

std::vector<Companion> companions_among(const std::vector<fs::path>& files) {
  std::map<std::string, fs::path> parts;  // by stem and by full name
  std::vector<std::pair<fs::path, CompanionName>> named;
  for (const fs::path& file : files) {
    if (auto name = companion_name(file.stem().string()))
      named.emplace_back(file, std::move(*name));
    else
      parts[file.stem().string()] = parts[file.filename().string()] = file;
  }
  std::vector<Companion> companions;
  for (const auto& [file, name] : named) {
    const auto part = parts.find(name.base);
    const bool with_image = part != parts.end();
    const bool of_a_file = has_image_extension(name.base);  // "000.png.overlay": no part is called so
    if (!of_a_file && (parts.empty() || (!with_image && name.word == CompanionWord::Label))) continue;
    companions.push_back({file, with_image ? part->second : fs::path(), name.word != CompanionWord::Picture});
  }
  return companions;
}

}  // namespace vigie
