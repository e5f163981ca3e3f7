#pragma once

// The one door to libtorch. clang accepts the headers of 1.13 in C++20 only with ivalue.h first.
#include <ATen/core/ivalue.h>
#include <torch/torch.h>

#include "vigie/core/tensor.h"

namespace vigie::learn {

/// F32 [B H W C] -> torch float [B C H W] in channels-last memory; other ranks keep their shape. Copies.
torch::Tensor torch_from_tensor(const Tensor& tensor);

/// The inverse: torch [B C H W] -> F32 [B H W C]; other ranks keep their shape. Copies; any float type, any device.
Tensor tensor_from_torch(const torch::Tensor& tensor);

/// CUDA where libtorch has it and a device is there, else the CPU.
torch::Device training_device();

/// Where the device could choose faster ways whose sums differ from run to run (CUDA), it may not from here on.
void make_deterministic(const torch::Device& device);

/// While it lives, products of this thread on `device` run in bf16, and what follows them as far as libtorch thinks it
/// safe (its "autocast"): losses, exponentials and normalisations over many values stay in f32.
class MixedPrecision {
 public:
  MixedPrecision(bool on, const torch::Device& device);
  ~MixedPrecision();
  MixedPrecision(const MixedPrecision&) = delete;
  MixedPrecision& operator=(const MixedPrecision&) = delete;

 private:
  torch::DeviceType device_;
  bool before_;
};

}  // namespace vigie::learn
