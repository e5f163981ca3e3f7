#include "vigie/learn/torch.h"

#include <ATen/autocast_mode.h>

#include <cstring>

namespace vigie::learn {

torch::Tensor torch_from_tensor(const Tensor& tensor) {
  torch::Tensor out = torch::empty(tensor.shape(), torch::kFloat32);
  std::memcpy(out.data_ptr<float>(), tensor.data<float>(), tensor.bytes());
  return out.dim() == 4 ? out.permute({0, 3, 1, 2}) : out;
}

Tensor tensor_from_torch(const torch::Tensor& tensor) {
  torch::Tensor plain = tensor.detach().to(torch::kCPU, torch::kFloat32);
  if (plain.dim() == 4) plain = plain.permute({0, 2, 3, 1});
  plain = plain.contiguous();
  Tensor out(Shape(plain.sizes().begin(), plain.sizes().end()));
  std::memcpy(out.raw(), plain.data_ptr<float>(), out.bytes());
  return out;
}

namespace {

// 2.4 gave these functions a device and deprecated the old ones.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
bool autocast(torch::DeviceType device) {
  return at::autocast::is_autocast_enabled(device);
}
void set_autocast(torch::DeviceType device, bool on) {
  at::autocast::set_autocast_dtype(device, at::kBFloat16);
  at::autocast::set_autocast_enabled(device, on);
}
#else
bool autocast(torch::DeviceType device) {
  return device == torch::kCUDA ? at::autocast::is_enabled() : at::autocast::is_cpu_enabled();
}
void set_autocast(torch::DeviceType device, bool on) {
  if (device == torch::kCUDA) {
    at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
    at::autocast::set_enabled(on);
  } else {
    at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
    at::autocast::set_cpu_enabled(on);
  }
}
#endif

}  // namespace

MixedPrecision::MixedPrecision(bool on, const torch::Device& device)
    : device_(device.type()), before_(autocast(device_)) {
  set_autocast(device_, on);
}

MixedPrecision::~MixedPrecision() {
  at::autocast::clear_cache();  // of the weights in bf16: they move after this
  set_autocast(device_, before_);
}

void make_deterministic(const torch::Device& device) {
  if (!device.is_cuda()) return;
  at::globalContext().setDeterministicCuDNN(true);
  at::globalContext().setBenchmarkCuDNN(false);
  constexpr bool kOnlyWarn = true;  // an operation that has no such way still runs
  at::globalContext().setDeterministicAlgorithms(true, kOnlyWarn);
}

torch::Device training_device() {
  return torch::Device(torch::cuda::is_available() ? torch::kCUDA : torch::kCPU);
}

}  // namespace vigie::learn
