#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "vigie/data/left_out.h"

namespace vigie {

/// One image of a data set. `mask` is empty for good images and for defects without pixel labels.
struct Sample {
  std::filesystem::path image;
  std::filesystem::path mask;
  std::string defect;  ///< "good", else the defect's type ("scratch"; "anomaly" when the layout gives no type)
  std::vector<std::filesystem::path> more_masks = {};  ///< of the same image; what any of them marks is defect
  bool anomalous() const { return defect != "good"; }
};

/// A category: good images to learn from, and labelled images to test on.
struct Dataset {
  std::string name;    ///< category, e.g. "bottle"
  std::string layout;  ///< "mvtec", "visa", "folder", "csv"
  std::filesystem::path root;
  std::vector<Sample> train;  ///< all good
  std::vector<Sample> test;   ///< may be empty (a folder of good images only)
  /// Does the set itself say which images are to be learnt from? If not, `train` is all that is good: what a model has
  /// not learnt from is then good for a test.
  bool has_split = true;
  std::vector<LeftOut> left_out = {};   ///< everything in the folder that is neither in train nor in test nor a mask
  std::vector<std::string> notes = {};  ///< how names were understood, where that is not certain
};

/// Recognises the layout of `path` and reads it; samples sorted by path. docs/datasets.md says how names are
/// understood.
///   mvtec   <root>/train/<good>, <root>/test/<good or type>, <root>/ground_truth/<type>/…: MVTec AD, AD 2, LOCO, BTAD,
///           Kolektor SDD 2
///   visa    <root>/<category> or its parent with split_csv/1cls.csv (object,split,label,image,mask)
///   folder  <root>/<good>, <root>/<bad or type>, <root>/mask/<type>/… — or images right in <root>, all good, — or
///   images
///           with masks beside them (Kolektor SDD)
///   csv     a .csv with columns image, label (a word for good, else the defect's type), optional mask, optional split
///           (train/test); without a split column good images go to train, the rest to test
/// What is not used is in `left_out`, never a training image for lack of a better idea.
/// `layout` empty: detect. Throws NotFound (no such path), BadFile (nothing readable, no good images, no folder that is
/// named as good), InvalidArgument (unknown layout).
Dataset read_dataset(const std::filesystem::path& path, const std::string& layout = "");

/// Splits good samples for calibration: a seeded share (0 < share < 1, at least one each side) goes to `held_out`.
/// groups: one a sample, or none: each sample its own; samples of one group stay together.
struct Split {
  std::vector<Sample> fit;
  std::vector<Sample> held_out;
};
Split split_normals(const std::vector<Sample>& normals, double held_out_share, std::uint64_t seed,
                    std::vector<std::int64_t> groups = {});

/// Hash of relative names and file contents of the samples, hex; tells whether two models saw the same data.
std::string digest_of(const std::vector<Sample>& samples, const std::filesystem::path& root);

}  // namespace vigie
