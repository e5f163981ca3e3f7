#include <gmock/gmock.h>

#include "vigie/data/part_reading.h"
#include "vigie/pipeline/evaluate.h"
#include "vigie/pipeline/test_parts.h"

namespace vigie {
namespace {

/// The parts of Pipeline as a camera of `bits` bits leaves them in 16-bit files; masks stay.
class DeepPipeline : public Pipeline {
 protected:
  Dataset with_bits(int bits) const {
    Dataset dataset = dataset_;
    for (Sample& sample : dataset.samples) {
      const Tensor part = read_image(sample.image);
      Tensor deep(part.shape(), DType::U16);
      for (std::int64_t i = 0; i < part.count(); ++i)
        deep.data<std::uint16_t>()[i] =
            static_cast<std::uint16_t>((part.data<std::uint8_t>()[i] * ((1 << bits) - 1) + 127) / 255);
      sample.image = root_ / fmt::format("bits{}", bits) / sample.image.lexically_relative(root_);
      write_image(sample.image, deep);
    }
    return dataset;
  }
};

TEST_F(DeepPipeline, ACameraOfTenOrTwelveBitsIsAsGoodAsOneOfEight) {
  const FitResult eight = fit_model(dataset_, options("padim"), {});  // no coreset, whose picks would differ
  const EvaluateResult right = evaluate_model(Inspector(eight.model), dataset_, {}, {});
  EXPECT_EQ(eight.model.stage().preprocess.bits, 0);
  for (const int bits : {10, 12}) {
    const Dataset dataset = with_bits(bits);
    const FitResult fitted = fit_model(dataset, options("padim"), {});
    EXPECT_EQ(fitted.model.stage().preprocess.bits, bits);
    save_model(root_ / "deep.vigie", fitted.model);
    const Inspector inspector(load_model(root_ / "deep.vigie"));
    EXPECT_EQ(inspector.preprocess().bits, bits);
    const EvaluateResult result = evaluate_model(inspector, dataset, {}, {});
    for (std::size_t i = 0; i < result.images.size(); ++i)
      EXPECT_NEAR(result.images[i].score, right.images[i].score, 0.05 * right.images[i].score) << i;
    EXPECT_NEAR(result.evaluation.pixel_auroc, right.evaluation.pixel_auroc, 0.01);
  }
}

TEST_F(DeepPipeline, AModelOfEightBitsInspectsTwelveWhenTold) {
  const Inspector inspector(fit_model(dataset_, options("patchcore"), {}).model);
  const Sample deep = with_bits(12).test().front(), plain = dataset_.test().front();
  ImageReadOptions reading;
  reading.bits = 12;
  const auto score = [&](const Sample& sample) {
    return inspector.inspect(read_part(sample.image, inspector.preprocess(), reading).image).score;
  };
  EXPECT_NEAR(score(deep), score(plain), 0.05 * score(plain));
}

}  // namespace
}  // namespace vigie
