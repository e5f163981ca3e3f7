#include "vigie/data/part_reading.h"

#include <gmock/gmock.h>

#include "vigie/core/error.h"
#include "vigie/data/image_batches.h"
#include "vigie/data/test_folder.h"
#include "vigie/data/training_depth.h"

namespace vigie {
namespace {

using testing::HasSubstr;

class PartReading : public TestFolder {
 protected:
  /// A 16-bit grey image: a ramp from 0 to `largest`.
  std::filesystem::path ramp(const std::string& name, std::uint16_t largest) const {
    Tensor image({16, 16, 1}, DType::U16);
    for (std::int64_t i = 0; i < image.count(); ++i)
      image.data<std::uint16_t>()[i] = static_cast<std::uint16_t>(largest * i / (image.count() - 1));
    write_image(folder_ / name, image);
    return folder_ / name;
  }
  static Preprocess of_bits(int bits) {
    Preprocess preprocess;
    preprocess.bits = bits;
    return preprocess;
  }
  static int white(const Tensor& image) { return image.values<std::uint16_t>().back(); }
};

TEST_F(PartReading, StretchesByTheDepthOfTheTrainingSet) {
  const auto path = ramp("a.png", 4095);
  const Part part = read_part(path, of_bits(12), {});
  EXPECT_EQ(white(part.image), 65535);
  EXPECT_EQ(part.warning, "");
}

TEST_F(PartReading, RefusesAPartOfMoreBits) {
  const auto path = ramp("a.png", 65535);
  try {
    read_part(path, of_bits(12), {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::BadFile);
    EXPECT_THAT(error.what(), HasSubstr("uses 16 bits (largest value 65535, 94 % of its samples above 4095) where 12"));
  }
}

TEST_F(PartReading, WarnsOfAPartOfFewerBits) {
  const auto path = ramp("a.png", 4095);
  EXPECT_THAT(read_part(path, of_bits(0), {}).warning,
              HasSubstr("uses 12 of 16 bits (largest value 4095), the training set 8: taken as 16 bits"));
  EXPECT_THAT(read_part(path, of_bits(16), {}).warning, HasSubstr("the training set 16"));
  EXPECT_EQ(white(read_part(path, of_bits(16), {}).image), 4095);
  EXPECT_EQ(read_part(ramp("b.png", 60000), of_bits(0), {}).warning, "");
  EXPECT_EQ(read_part(ramp("c.png", 1000), of_bits(12), {}).warning, "") << "a shadow of the same camera";
}

TEST_F(PartReading, LetsTheCallersBitsDecide) {
  ImageReadOptions reading;
  reading.bits = 12;
  const Part part = read_part(ramp("a.png", 4095), of_bits(16), reading);
  EXPECT_EQ(white(part.image), 65535);
  EXPECT_EQ(part.warning, "");
}

TEST_F(PartReading, GivesTheNetworkTheSameWhateverTheDepth) {
  const auto input = [&](const std::string& name, int bits) {
    const auto largest = static_cast<std::uint16_t>((1 << bits) - 1);
    return read_input({.image = ramp(name, largest)}, of_bits(bits), {});
  };
  const Tensor ten = input("10.png", 10), sixteen = input("16.png", 16);
  for (std::int64_t i = 0; i < ten.count(); ++i) ASSERT_NEAR(ten.data<float>()[i], sixteen.data<float>()[i], 0.01) << i;
}

TEST(SetDepth, TakesTheMoreOfWhatFilesSayAndHold) {
  const auto use = [](std::uint32_t largest) { return DepthUse{largest, {}}; };
  SetDepth depth;
  EXPECT_EQ(depth.bits(), 0);
  depth.add(12, {});
  EXPECT_EQ(depth.bits(), 12);
  EXPECT_FALSE(depth.learnt());
  depth.add(0, use(500));
  EXPECT_EQ(depth.bits(), 12);
  depth.add(0, use(9000));
  EXPECT_EQ(depth.bits(), 14);
  EXPECT_EQ(settled_bits(depth, {}), 14);
  ImageReadOptions reading;
  reading.bits = 10;
  EXPECT_EQ(settled_bits(depth, reading), 10);
}

}  // namespace
}  // namespace vigie
