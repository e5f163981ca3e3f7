#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vigie/core/class_label.h"
#include "vigie/data/left_out.h"

namespace vigie {

/// What a sample is for: to be learnt from, or to be measured on.
enum class Role { Train, Test };

/// One image of a data set.
struct Sample {
  std::filesystem::path image;
  std::filesystem::path mask = {};  ///< empty: nothing says which pixels are defective
  ClassLabel label = {};            ///< index into Dataset::classes
  Role role = Role::Train;
  std::vector<std::filesystem::path> more_masks = {};  ///< of the same image; what any of them marks is defect

  // An unlabelled sample is neither.
  bool is_good() const { return label == kGood; }
  bool is_defect() const { return label && *label != kGood; }
};

/// A category: labelled images to learn from and to test on. The views are valid while `samples` is not changed.
struct Dataset {
  std::string name;    ///< category, e.g. "bottle"
  std::string layout;  ///< "mvtec", "visa", "folder", "csv"
  std::filesystem::path root;
  /// Names by index: 0 is "good", the others are types of defects, sorted ("scratch"; "anomaly" when the layout gives
  /// no type).
  std::vector<std::string> classes = {"good"};
  std::vector<Sample> samples;  ///< in the order of the views, see sort_samples()
  /// Does the set itself say which images are to be learnt from? If not, the normals are all that is good: what a model
  /// has not learnt from is then good for a test.
  bool has_split = true;
  std::vector<LeftOut> left_out = {};   ///< everything in the folder that is neither a sample nor a mask
  std::vector<std::string> notes = {};  ///< how names were understood, where that is not certain

  std::span<const Sample> normals() const;   ///< to learn from, good
  std::span<const Sample> labelled() const;  ///< to learn from, defects: only for methods that ask for labels
  std::span<const Sample> test() const;      ///< to test on, good and defects; may be empty

  /// The sample's class by name. Throws InvalidArgument for an unlabelled one.
  const std::string& class_name(const Sample& sample) const;
};

/// Puts the samples in the order that the views of Dataset need: normals, labelled, test, unlabelled ones; each by
/// path. To be called after a role or a label was changed.
void sort_samples(Dataset& dataset);

/// The types of the given defects with their counts, in the order of the classes: "crack (2), ng (3)".
std::string defect_counts(const Dataset& dataset, std::span<const Sample> samples);

/// Says in the log, if there are labelled defects, that they are not learnt from, and why: "patchcore learns from good
/// parts".
void log_labels_unused(const Dataset& dataset, std::string_view why);

/// Recognises the layout of `path` and reads it. docs/datasets.md says how names are understood.
///   mvtec   <root>/train/<good or type>, <root>/test/<good or type>, <root>/ground_truth/<type>/…: MVTec AD, AD 2,
///           LOCO, BTAD, Kolektor SDD 2
///   visa    <root>/<category> or its parent with split_csv/1cls.csv (object,split,label,image,mask)
///   folder  <root>/<good>, <root>/<bad or type>, <root>/mask/<type>/… — or images right in <root>, all good, — or
///           images with masks beside them (Kolektor SDD)
///   csv     a .csv with columns image, label (a word for good, else the defect's type), optional mask, optional split
///           (train/test); without a split column good images are to be learnt from, the rest is a test
/// Defects among the images to learn from keep their labels, and so stay apart from the normals.
/// What is not used is in `left_out`, never a normal for lack of a better idea.
/// `layout` empty: detect. Throws NotFound (no such path), BadFile (nothing readable, no good images, no folder that is
/// named as good), InvalidArgument (unknown layout).
Dataset read_dataset(const std::filesystem::path& path, const std::string& layout = "");

/// Splits good samples for calibration: a seeded share (0 < share < 1, at least one each side) goes to `held_out`.
/// groups: one a sample, or none: each sample its own; samples of one group stay together.
struct Split {
  std::vector<Sample> fit;
  std::vector<Sample> held_out;
};
Split split_normals(std::span<const Sample> normals, double held_out_share, std::uint64_t seed,
                    std::vector<std::int64_t> groups = {});

/// Hash of name, label and content of one sample: what digest_of() is made of. image_bytes: the content of its image.
std::uint64_t sample_hash(const Dataset& dataset, const Sample& sample, std::string_view image_bytes);

/// Hash of some samples of the data set, hex; tells whether two models saw the same data, wherever it lies.
std::string digest_of(const Dataset& dataset, std::span<const Sample> samples);

/// The same from each sample's sample_hash(), in the order of `samples`.
std::string digest_of(const Dataset& dataset, std::span<const Sample> samples, std::span<const std::uint64_t> hashes);

}  // namespace vigie
