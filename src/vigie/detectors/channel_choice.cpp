#include "vigie/detectors/channel_choice.h"

#include "vigie/core/threads.h"

namespace vigie {

ChannelChoice::ChannelChoice(const FeatureLayout& layout, std::vector<std::int64_t> channels)
    : layout_(layout), channels_(std::move(channels)) {
  std::int64_t first = 0;
  std::size_t next = 0;
  for (const LayerShape& shape : layout_) {
    Part part;
    part.offset = static_cast<std::int64_t>(next);
    for (; next < channels_.size() && channels_[next] < first + shape.channels; ++next)
      part.channels.push_back(channels_[next] - first);
    parts_.push_back(std::move(part));
    first += shape.channels;
  }
}

void ChannelChoice::gather(const Features& features, float* out) const {
  const std::int64_t height = layout_.front().height, width = layout_.front().width;
  parallel_for(features.front().dim(0) * height, [&](std::int64_t row) {
    const std::int64_t b = row / height, y = row % height;
    for (std::size_t l = 0; l < layout_.size(); ++l) {
      const LayerShape& shape = layout_[l];
      const std::int64_t line = b * shape.height + y * shape.height / height;
      const float* cells = features[l].data<float>() + line * shape.width * shape.channels;
      for (std::int64_t x = 0; x < width; ++x) {
        const float* cell = cells + x * shape.width / width * shape.channels;
        float* to = out + (row * width + x) * dims() + parts_[l].offset;
        for (const std::int64_t channel : parts_[l].channels) *to++ = cell[channel];
      }
    }
  });
}

}  // namespace vigie
