#include "vigie/pipeline/training_facts.h"

#include <gmock/gmock.h>

#include "vigie/core/error.h"
#include "vigie/core/log.h"
#include "vigie/data/near_duplicates.h"
#include "vigie/data/test_folder.h"
#include "vigie/pipeline/content_hash.h"

namespace vigie {
namespace {

class Facts : public TestFolder {
 protected:
  Facts() { set_log_level(LogLevel::Quiet); }
  /// A 16-bit grey image whose samples run from 0 to `largest`, as a camera leaves them.
  void ramp(const std::string& name, std::uint16_t largest) const {
    Tensor image({32, 32, 1}, DType::U16);
    for (std::int64_t i = 0; i < image.count(); ++i)
      image.data<std::uint16_t>()[i] = static_cast<std::uint16_t>(largest * i / (image.count() - 1));
    write_image(folder_ / name, image);
  }
  TrainingFacts facts(const ImageReadOptions& reading = {}) const {
    return training_facts(read_dataset(folder_), reading, RunContext());
  }
};

TEST_F(Facts, AreWhatEachQuestionAloneFinds) {
  draw_mvtec();
  draw("train/good/copy.png", 104);
  draw("train/scratch/0.png", 500);  // no normal: no fact of it
  const Dataset dataset = read_dataset(folder_);
  const TrainingFacts found = facts();
  std::vector<PartLook> looks;
  for (const Sample& sample : dataset.normals()) looks.push_back(look_of(read_image(sample.image)));
  EXPECT_EQ(found.bits, 0);
  EXPECT_EQ(found.groups, groups_of_near_duplicates(dataset.normals(), {}, RunContext()));
  EXPECT_EQ(group_count(found.groups), 12);
  EXPECT_EQ(found.content_hashes, content_hashes(dataset.normals()));
  EXPECT_EQ(digest_of(dataset, dataset.normals(), found.sample_hashes), digest_of(dataset, dataset.normals()));
  EXPECT_EQ(json_from_training_look(found.look), json_from_training_look(look_of_training(looks)));
}

TEST_F(Facts, TellTheDepthFromTheLargestValueOfTheSet) {
  ramp("good/a.png", 700);
  ramp("good/b.png", 3000);
  EXPECT_EQ(facts().bits, 12);
  ImageReadOptions reading;
  reading.bits = 14;
  EXPECT_EQ(facts(reading).bits, 14);
  ramp("good/c.png", 50000);
  EXPECT_EQ(facts().bits, 16);
}

TEST_F(Facts, ShowDeepImagesAsBrightAsTheSettledDepthMakesThem) {
  ramp("good/a.png", 4095);
  ramp("good/b.png", 3000);
  EXPECT_NEAR(facts().look.most.brightness, 0.5, 0.01);
  ImageReadOptions reading;
  reading.bits = 16;
  EXPECT_NEAR(facts(reading).look.most.brightness, 0.5 / 16, 0.01);
}

TEST_F(Facts, NameTheFileThatCannotBeRead) {
  draw("good/a.png", 1);
  write("good/broken.png", "no image");
  EXPECT_THAT([&] { facts(); },
              testing::Throws<Error>(testing::Property(&Error::what, testing::HasSubstr("broken.png"))));
}

}  // namespace
}  // namespace vigie
