#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vigie {

/// What a folder of a data set is for, by its name.
enum class Place {
  None,
  Train,       ///< good parts to learn from
  Validation,  ///< further good parts; of a set without a test folder, the labelled parts to test on
  Test,        ///< labelled parts to test on
  Unlabelled   ///< parts whose labels are kept elsewhere
};

/// By the table in layout_table.cpp; case and what stands between words do not count, and a label may be part of the
/// name: "Test", "test_public", "train_good".
Place place_of(std::string_view folder);

/// "train" or "test" of a list: a row's split, or None.
Place place_of_split(std::string_view split);

/// The words in the column `split` for messages.
constexpr std::string_view kSplitsShown = "train, validation, test";

}  // namespace vigie
