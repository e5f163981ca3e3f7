#include "vigie/data/layout_table.h"

#include <algorithm>
#include <array>

#include "vigie/data/label_words.h"

namespace vigie {

namespace {

struct PlaceRow {
  Place place;
  std::string_view folder;  ///< the words of its name, joined
  std::string_view sets;    ///< public data sets and habits that have it
};

// Where the parts of the known layouts lie. Below these folders, the words of word_table.cpp say what is good, what is
// a defect and what is a mask; mask_index.cpp has the names of masks.
//
//   MVTec AD        train/good, test/<defect>, ground_truth/<defect>/000_mask.png
//   MVTec AD 2      train/good, validation/good, test_public/{good,bad}, test_public/ground_truth/bad/000_mask.png
//   MVTec LOCO AD   train/good, validation/good, test/<kind>, ground_truth/<kind>/000/{000,001 …}.png
//   MVTec 3D-AD     train/good/rgb, test/<defect>/{rgb,gt}/000.png
//   BTAD            train/ok, test/{ok,ko}, ground_truth/ko/0000.png
//   KolektorSDD2    train/10000.png and 10000_GT.png, the same in test: a mask without a marked pixel is a good part's
//   KolektorSDD     kos01/Part0.jpg and Part0_label.bmp
//   VisA            split_csv/1cls.csv (layout_visa.cpp), or <category>/Data/{Images,Masks}/{Normal,Anomaly}
//   sorted by hand  good/, bad/ or crack/, mask/crack/
constexpr PlaceRow kPlaces[] = {
    {Place::Train, "train", "MVTec AD and its successors, BTAD, KolektorSDD2"},
    {Place::Train, "training", ""},
    {Place::Train, "trainset", ""},
    {Place::Validation, "validation", "MVTec AD 2, MVTec LOCO AD"},
    {Place::Validation, "val", "sets for classifiers"},
    {Place::Validation, "valid", "sets for classifiers"},
    {Place::Test, "test", "MVTec AD and its successors, BTAD, KolektorSDD2"},
    {Place::Test, "testing", ""},
    {Place::Test, "testset", ""},
    {Place::Test, "testpublic", "MVTec AD 2"},
    {Place::Unlabelled, "testprivate", "MVTec AD 2"},
    {Place::Unlabelled, "testprivatemixed", "MVTec AD 2"},
    {Place::Unlabelled, "unlabelled", ""},
    {Place::Unlabelled, "unlabeled", ""},
};

constexpr std::array<std::string_view, 6> kSaysNothing{"images", "imgs", "set", "data", "parts", "split"};

Place place_named(std::string_view joined) {
  for (const PlaceRow& row : kPlaces)
    if (row.folder == joined) return row.place;
  return Place::None;
}

bool leaves_the_place(const std::string& rest) {
  return label_of(rest) == LabelKind::Good || label_of(rest) == LabelKind::Defect ||
         std::find(kSaysNothing.begin(), kSaysNothing.end(), rest) != kSaysNothing.end();
}

std::string joined(const std::vector<std::string>& words, std::size_t begin, std::size_t end,
                   std::string_view between) {
  std::string out;
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin) out += between;
    out += words[i];
  }
  return out;
}

}  // namespace

Place place_of(std::string_view folder) {
  const std::vector<std::string> words = words_of(folder);
  const std::size_t count = words.size();
  if (const Place whole = place_named(joined(words, 0, count, "")); whole != Place::None) return whole;
  if (count < 2) return Place::None;
  const Place first = place_named(words.front()), last = place_named(words.back());
  if (first != Place::None && leaves_the_place(joined(words, 1, count, " "))) return first;
  if (last != Place::None && leaves_the_place(joined(words, 0, count - 1, " "))) return last;
  return Place::None;
}

Place place_of_split(std::string_view split) {
  return place_of(split);
}

}  // namespace vigie
