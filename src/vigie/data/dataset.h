#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace vigie {

/// One image of a data set. `mask` is empty for good images and for defects without pixel labels.
struct Sample {
  std::filesystem::path image;
  std::filesystem::path mask;
  std::string defect;  ///< "good", else the defect's type ("scratch"; "anomaly" when the layout gives no type)
  bool anomalous() const { return defect != "good"; }
};

/// A category: good images to learn from, and labelled images to test on.
struct Dataset {
  std::string name;    ///< category, e.g. "bottle"
  std::string layout;  ///< "mvtec", "visa", "folder", "csv"
  std::filesystem::path root;
  std::vector<Sample> train;  ///< all good
  std::vector<Sample> test;   ///< may be empty (a folder of good images only)
};

/// Recognises the layout of `path` and reads it; samples sorted by path.
///   mvtec   <root>/train/good, <root>/test/<type>, <root>/ground_truth/<type>/<stem>_mask.png (or <stem>.png)
///   visa    <root>/<category> or its parent with split_csv/1cls.csv (object,split,label,image,mask)
///   folder  <root>/good (or normal, ok, train) and optionally <root>/bad (or anomaly, defect, ng, test) — or images
///   right in <root>: all good csv     a .csv with columns image, label ("good"/"0"/"normal", else the defect's type),
///   optional mask, optional split (train/test);
///           without a split column good images go to train, the rest to test
/// `layout` empty: detect. Throws NotFound (no such path), BadFile (nothing readable, no good images), InvalidArgument
/// (unknown layout).
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
