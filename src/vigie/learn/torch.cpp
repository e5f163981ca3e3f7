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
bool autocast() {
  return at::autocast::is_autocast_enabled(at::kCPU);
}
void set_autocast(bool on) {
  at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
  at::autocast::set_autocast_enabled(at::kCPU, on);
}
#else
bool autocast() {
  return at::autocast::is_cpu_enabled();
}
void set_autocast(bool on) {
  at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
  at::autocast::set_cpu_enabled(on);
}
#endif

}  // namespace

MixedPrecision::MixedPrecision(bool on) : before_(autocast()) {
  set_autocast(on);
}

MixedPrecision::~MixedPrecision() {
  at::autocast::clear_cache();  // of the weights in bf16: they move after this
  set_autocast(before_);
}

torch::Device training_device() {
  return torch::Device(torch::cuda::is_available() ? torch::kCUDA : torch::kCPU);
}

}  // namespace vigie::learn
