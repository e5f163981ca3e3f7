#pragma once

#include <functional>
#include <vector>

#include "vigie/data/dataset.h"
#include "vigie/imaging/preprocess.h"
#include "vigie/io/image.h"

namespace vigie {

/// The sample's image as network input, F32 [height width 3]. Errors name the image.
Tensor read_input(const Sample& sample, const Preprocess& preprocess, const ImageReadOptions& reading);

/// One batch of network input, F32 [B height width 3], made on all threads: image(i) gives the picture of samples[i] as
/// read_image() does. Errors name the sample's image.
Tensor batch_of(std::span<const Sample> samples, const Preprocess& preprocess,
                const std::function<Tensor(std::int64_t i)>& image);

/// Reads and preprocesses samples batch by batch and calls visit(inputs F32 [B height width 3], first). The one loop
/// from files to network input. Errors name the image.
void for_each_batch(std::span<const Sample> samples, const Preprocess& preprocess, const ImageReadOptions& reading,
                    std::int64_t batch_size,
                    const std::function<void(const Tensor& inputs, std::int64_t first)>& visit);

/// Images per network call when throughput counts.
constexpr std::int64_t kBatchSize = 8;

}  // namespace vigie
