#include "vigie/pipeline/image_features.h"

namespace vigie {

void ImageFeatureStream::for_each(const std::function<void(const Features&, std::int64_t)>& visit) const {
  for_each_batch(samples_, preprocess_, reading_, kBatchSize, [&](const Tensor& inputs, std::int64_t first) {
    context_.check_cancelled("features");
    visit(engine_.run(inputs), first);
  });
}

}  // namespace vigie
