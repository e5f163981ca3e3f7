#include "vigie/pipeline/test_set.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "vigie/data/test_folder.h"
#include "vigie/pipeline/content_hash.h"

namespace vigie {
namespace {

class TestSet : public TestFolder {
 protected:
  /// good/0 … good/5 and bad/0, of which the model has seen good/0 … good/<seen - 1>.
  Dataset plain(std::size_t seen) {
    for (int i = 0; i < 6; ++i) draw(fmt::format("good/{}.png", i), 1 + i);
    draw("bad/0.png", 50);
    Dataset dataset = read_dataset(folder_);
    model_.provenance["image_hashes"] = content_hashes(dataset.normals().first(seen));
    return dataset;
  }
  static std::size_t good(const Dataset& dataset) {
    return static_cast<std::size_t>(std::ranges::count_if(dataset.test(), &Sample::is_good));
  }
  Model model_;
};

TEST_F(TestSet, GoodPartsThatTheModelHasNotSeenAreTestParts) {
  const Dataset test = test_set_for(model_, plain(2), false);
  EXPECT_EQ(test.test().size(), 5u);
  EXPECT_EQ(good(test), 4u);
  EXPECT_EQ(test.test().front().image, folder_ / "bad/0.png");  // sorted
}

TEST_F(TestSet, GoodPartsThatItHasSeenAreMeasuredOnlyOnDemand) {
  EXPECT_EQ(good(test_set_for(model_, plain(6), false)), 0u);
  EXPECT_EQ(good(test_set_for(model_, plain(6), true)), 6u);
}

TEST_F(TestSet, ASetThatSaysWhatIsForTrainingStaysAsItIs) {
  draw_mvtec();
  model_.provenance["image_hashes"] = std::vector<std::string>();
  EXPECT_EQ(test_set_for(model_, read_dataset(folder_), false).test().size(), 4u);
}

}  // namespace
}  // namespace vigie
