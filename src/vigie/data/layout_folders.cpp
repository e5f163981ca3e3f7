#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "vigie/core/error.h"
#include "vigie/data/folder_parts.h"
#include "vigie/data/folder_walk.h"
#include "vigie/data/layouts.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

using Why = LeftOut::Why;
using Parts = std::vector<const FolderPart*>;

Sample sample_of(const FolderPart& part, std::int64_t label, Role role, bool with_masks = true) {
  Sample sample{.image = part.image, .label = label, .role = role};
  if (!with_masks || part.masks.empty()) return sample;
  sample.mask = part.masks.front();
  sample.more_masks.assign(part.masks.begin() + 1, part.masks.end());
  return sample;
}

bool is_good(const FolderPart* part) {
  return part->label == LabelKind::Good;
}
bool is_loose(const FolderPart* part) {
  return part->loose();
}

/// "ng (6), other (12)": where these parts lie, below the root.
std::string listed(const Parts& parts, const fs::path& root) {
  std::map<fs::path, std::int64_t> counts;
  for (const FolderPart* part : parts) ++counts[part->folder];
  std::string text;
  for (const auto& [folder, count] : counts)
    text +=
        fmt::format("{}{} ({})", text.empty() ? "" : ", ", folder.lexically_proximate(root).generic_string(), count);
  return text;
}

/// Gives each part of a folder set its role: learnt from, tested on, or left out.
class FolderSet {
 public:
  explicit FolderSet(const fs::path& root) : root_(root), read_(read_folder_parts(root)) {
    for (const FolderPart& part : read_.parts) ++names_[part.image.parent_path()][file_label(part)];
    const bool validation_is_test = validation_is_the_test();
    for (FolderPart& part : read_.parts) {
      if (part.place == Place::Validation && validation_is_test) part.place = Place::Test;
      places_[part.place].push_back(&part);
    }
  }

  Dataset sorted() {
    out_.has_split = !places_[Place::Train].empty() || !places_[Place::Validation].empty();
    out_.layout = out_.has_split ? "mvtec" : "folder";
    if (!out_.has_split) sort_free();
    for (const Place place : {Place::Train, Place::Validation}) sort_train(places_[place]);
    sort_test();
    if (out_.has_split) sort_beside_train();
    for (const FolderPart* part : places_[Place::Unlabelled]) leave(*part, Why::NoLabel);
    find_masks_by_name();
    refuse_nothing();
    finish_left_out();
    return std::move(out_);
  }

 private:
  static LabelKind file_label(const FolderPart& part) { return label_of_file_name(part.image.stem().string()); }

  /// Is the file named as a defect, and is that more than the product's name, which all of its folder have?
  bool is_named_defect(const FolderPart& part) const {
    if (file_label(part) != LabelKind::Defect) return false;
    const auto& labels = names_.at(part.image.parent_path());
    return labels.size() > 1;
  }

  /// Validation parts with labels are the test of a set that has no other; else the good ones are learnt from.
  bool validation_is_the_test() const {
    const auto is_test = [](const FolderPart& one) { return one.place == Place::Test; };
    const auto is_labelled = [](const FolderPart& one) {
      return one.place == Place::Validation && !one.loose() && one.label != LabelKind::Good;
    };
    return std::none_of(read_.parts.begin(), read_.parts.end(), is_test) &&
           std::any_of(read_.parts.begin(), read_.parts.end(), is_labelled);
  }

  void leave(const FolderPart& part, Why why) {
    const bool by_folder = why == Why::UnknownFolder || why == Why::NoLabel;
    ++left_[{why, by_folder ? part.folder : part.image}];
  }

  /// Where folder, mask and name do not agree, the part is nothing.
  void learn(const FolderPart& part) {
    if (part.marked)
      leave(part, Why::MarkedToLearn);
    else if (is_named_defect(part))
      leave(part, Why::DefectToLearn);
    else
      out_.samples.push_back(sample_of(part, kGood, Role::Train, false));
  }

  void add_defect(const FolderPart& part, const std::string& type, Role role) {
    out_.samples.push_back(sample_of(part, defect_class(out_, type), role));
  }
  void test_good(const FolderPart& part) { out_.samples.push_back(sample_of(part, kGood, Role::Test)); }
  void test_defect(const FolderPart& part, const std::string& type) { add_defect(part, type, Role::Test); }

  void sort_train(const Parts& parts) {
    const bool named = std::any_of(parts.begin(), parts.end(), is_good);
    if (!parts.empty() && !named && std::none_of(parts.begin(), parts.end(), is_loose))
      fail(ErrorKind::BadFile, "read_dataset",
           "{}: no folder to learn from is named as good; there are {}. Name the folder of the good parts with one of: "
           "{}",
           root_.string(), listed(parts, root_), kGoodWordsShown);
    for (const FolderPart* part : parts) {
      if (part->label == LabelKind::Defect)
        add_defect(*part, part->kind, Role::Train);
      else if (!named && part->loose() && (part->marked || is_named_defect(*part)))
        add_defect(*part, "anomaly", Role::Train);
      else if (is_good(part) || (!named && part->loose()))
        learn(*part);
      else
        leave(*part, part->loose() ? Why::NoLabel : Why::UnknownFolder);
    }
  }

  void sort_test() {
    for (const FolderPart* part : places_[Place::Test]) {
      const bool by_mask = part->label == LabelKind::Unknown && part->masks_beside;
      const LabelKind name = part->loose() ? file_label(*part) : LabelKind::Unknown;
      if (is_good(part) || (by_mask && !part->marked) || (!by_mask && name == LabelKind::Good))
        test_good(*part);
      else if (!part->loose())
        test_defect(*part, part->kind);
      else if (by_mask || name == LabelKind::Defect)
        test_defect(*part, "anomaly");
      else
        leave(*part, Why::NoLabel);
    }
  }

  /// Folders beside train: defects are a test where there is no other; nothing else is taken for anything.
  void sort_beside_train() {
    const bool has_test = !places_[Place::Test].empty();
    for (const FolderPart* part : places_[Place::None]) {
      if (part->label == LabelKind::Defect && part->outer.empty() && !has_test)
        test_defect(*part, part->kind);
      else
        leave(*part, part->loose() ? Why::NoLabel : Why::UnknownFolder);
    }
  }

  /// Folders without a train among them: what is good is learnt from, the rest is a test.
  void sort_free() {
    const Parts& parts = places_[Place::None];
    const bool named = std::any_of(parts.begin(), parts.end(), is_good) || !places_[Place::Test].empty();
    std::set<fs::path> with_masks;
    for (const FolderPart* part : parts)
      if (!part->masks.empty()) with_masks.insert(part->folder);
    const bool at_top = std::any_of(parts.begin(), parts.end(),
                                    [](const FolderPart* part) { return is_good(part) && part->outer.empty(); });
    for (const FolderPart* part : parts) {
      const bool by_mask = part->loose() && part->masks_beside;
      if (at_top && part->label != LabelKind::Unknown && !part->outer.empty())
        ++left_[{Why::UnknownFolder, part->outer}];
      else if (is_good(part))
        learn(*part);
      else if (part->label == LabelKind::Defect)
        test_defect(*part, part->kind);
      else if (by_mask || (part->loose() && part->marked))
        part->marked ? test_defect(*part, "anomaly") : learn(*part);
      else if (!named && part->masks_beside)
        part->marked ? test_defect(*part, "anomaly") : learn(*part);
      else if (part->loose() && !named)
        is_named_defect(*part) ? test_defect(*part, "anomaly") : learn(*part);
      else if (!part->loose() && with_masks.contains(part->folder))
        part->masks_beside && !part->marked ? test_good(*part) : test_defect(*part, part->kind);
      else
        leave(*part, part->loose() ? Why::NoLabel : Why::UnknownFolder);
    }
  }

  /// Masks right in their folder are given to the only defect that has their name.
  void find_masks_by_name() {
    std::map<std::string, std::vector<Sample*>> by_name;
    for (Sample& sample : out_.samples)
      if (sample.role == Role::Test && sample.is_defect()) by_name[sample.image.stem().string()].push_back(&sample);
    for (const auto& [name, samples] : by_name) {
      if (samples.size() != 1 || !samples.front()->mask.empty()) continue;
      std::vector<fs::path> masks = read_.masks.masks_by_name(samples.front()->image);
      if (masks.empty()) continue;
      samples.front()->mask = masks.front();
      samples.front()->more_masks.assign(masks.begin() + 1, masks.end());
    }
  }

  void refuse_nothing() const {
    if (!out_.samples.empty()) return;
    const Parts& parts = places_.contains(Place::None) ? places_.at(Place::None) : Parts();
    if (!out_.has_split && !parts.empty())
      fail(ErrorKind::BadFile, "read_dataset",
           "{}: no folder here is named as good; there are {}. Name the folder of the good parts with one of: {}",
           root_.string(), listed(parts, root_), kGoodWordsShown);
  }

  void finish_left_out() {
    for (const auto& [key, files] : left_) read_.left_out.push_back({key.first, key.second, files});
    for (const fs::path& mask : read_.masks.unused()) read_.left_out.push_back({Why::LoneMask, mask});
    std::stable_sort(read_.left_out.begin(), read_.left_out.end(),
                     [](const LeftOut& a, const LeftOut& b) { return a.path < b.path; });
    out_.left_out = std::move(read_.left_out);
  }

  fs::path root_;
  FolderParts read_;
  std::map<fs::path, std::map<LabelKind, std::int64_t>> names_;  ///< of each folder's files
  std::map<Place, Parts> places_;
  std::map<std::pair<Why, fs::path>, std::int64_t> left_;
  Dataset out_;
};

void look_at(const fs::path& folder, FirstFolders& found) {
  for (const fs::path& sub : subfolders(folder)) {
    const std::string name = sub.filename().string();
    const Place place = place_of(name);
    const LabelKind label = label_of(name);
    found.train |= place == Place::Train;
    found.test |= place == Place::Test;
    found.labelled |= label == LabelKind::Good || label == LabelKind::Defect;
    if (is_container(name)) look_at(sub, found);
  }
}

}  // namespace

FirstFolders first_folders(const fs::path& root) {
  FirstFolders found;
  if (fs::is_directory(root)) look_at(root, found);
  return found;
}

std::vector<fs::path> categories_in(const fs::path& parent) {
  std::vector<fs::path> folders = subfolders(parent);
  std::erase_if(folders, [](const fs::path& folder) {
    const FirstFolders found = first_folders(folder);
    return !found.train && !found.labelled;
  });
  return folders;
}

Dataset read_folders(const fs::path& root) {
  if (!fs::is_directory(root)) fail(ErrorKind::BadFile, "read_dataset", "{}: not a folder", root.string());
  return FolderSet(root.has_filename() ? root : root.parent_path()).sorted();
}

}  // namespace vigie
