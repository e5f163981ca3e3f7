#pragma once

#include "vigie/detectors/feature_layout.h"

namespace vigie {

/// A choice among the concatenated channels of several layers, at every position of the first layer's grid. Other
/// layers are brought to that grid by nearest neighbour: position (y, x) takes their cell (⌊y·h′/h⌋, ⌊x·w′/w⌋).
class ChannelChoice {
 public:
  ChannelChoice() = default;
  /// channels: indices into the concatenation of all layers' channels, ascending.
  ChannelChoice(const FeatureLayout& layout, std::vector<std::int64_t> channels);

  std::int64_t positions() const { return layout_.front().height * layout_.front().width; }  ///< P
  std::int64_t dims() const { return static_cast<std::int64_t>(channels_.size()); }          ///< D
  const std::vector<std::int64_t>& channels() const { return channels_; }

  /// Features of B images -> out [B P D].
  void gather(const Features& features, float* out) const;

 private:
  /// The chosen channels of one layer, counted from its own first, and where they go among the D.
  struct Part {
    std::vector<std::int64_t> channels;
    std::int64_t offset = 0;
  };

  FeatureLayout layout_;
  std::vector<std::int64_t> channels_;
  std::vector<Part> parts_;
};

}  // namespace vigie
