#pragma once

#include <array>
#include <nlohmann/json.hpp>

#include "vigie/core/tensor.h"
#include "vigie/imaging/resize_window.h"

namespace vigie {

/// How an image becomes network input. Stored in the model.
struct Preprocess {
  /// "stretch": resize to height x width regardless of aspect. "short_side": resize the shorter side to resize_to
  /// (the other in proportion, as torchvision's Resize), then centre crop height x width.
  std::string mode = "stretch";
  std::int64_t resize_to = 256;  ///< pixels, short_side only
  std::int64_t height = 256;     ///< network input, pixels
  std::int64_t width = 256;
  std::array<float, 3> mean{0.485F, 0.456F, 0.406F};
  std::array<float, 3> std{0.229F, 0.224F, 0.225F};
  /// How many of 16 bits a sample of the training set uses, 8 … 16, low-aligned; read_part() stretches untagged 16-bit
  /// parts by it. 0: a training set of 8 bits (or a model from before this was stored): such parts are taken as 16
  /// bits. preprocess_image() itself wants samples at the full range of their type.
  int bits = 0;

  static Preprocess deployment() { return {}; }
  /// Resize 256, centre crop 224: the protocol of the published numbers.
  static Preprocess paper() { return {"short_side", 256, 224, 224}; }
};

nlohmann::json json_from_preprocess(const Preprocess& preprocess);
/// Checks ranges (sides 32 … 4096, std > 0, bits 0 or 8 … 16).
Preprocess preprocess_from_json(const nlohmann::json& object);

/// Which part of the resized image the network sees, for an image of height x width pixels: the whole of it (stretch),
/// or the crop's place (short_side).
ResizeWindow network_window(std::int64_t height, std::int64_t width, const Preprocess& preprocess);

/// U8 or U16 [H W 1|3] (as read_image gives it) -> F32 [height width 3], resized with antialiased bilinear filtering as
/// Pillow's (8-bit images: rounded to 8 bits between the passes as Pillow does), scaled to 0…1, normalised. Grey
/// becomes three equal channels.
Tensor preprocess_image(const Tensor& image, const Preprocess& preprocess);

/// The same as a batch of one: F32 [1 height width 3].
Tensor network_input(const Tensor& image, const Preprocess& preprocess);

/// A mask U8 [H W] brought to the network's frame: nearest resize and crop alike -> U8 [height width].
Tensor preprocess_mask(const Tensor& mask, const Preprocess& preprocess);

}  // namespace vigie
