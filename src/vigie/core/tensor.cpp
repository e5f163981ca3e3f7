#include "vigie/core/tensor.h"

#include <fmt/ranges.h>

#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

namespace vigie {

namespace {

constexpr std::size_t kAlignment = 64;  // one cache line, and the width of an AVX-512 load

std::shared_ptr<void> allocate(std::size_t bytes) {
  const std::size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  void* memory = std::aligned_alloc(kAlignment, rounded == 0 ? kAlignment : rounded);
  if (memory == nullptr) throw std::bad_alloc();
  return {memory, [](void* p) { std::free(p); }};
}

}  // namespace

std::size_t byte_size(DType type) {
  switch (type) {
    case DType::F32:
      return 4;
    case DType::U8:
      return 1;
    case DType::U16:
      return 2;
    case DType::I32:
      return 4;
    case DType::I64:
      return 8;
  }
  return 0;
}

std::string_view name_of(DType type) {
  switch (type) {
    case DType::F32:
      return "f32";
    case DType::U8:
      return "u8";
    case DType::U16:
      return "u16";
    case DType::I32:
      return "i32";
    case DType::I64:
      return "i64";
  }
  return "?";
}

std::int64_t count_of(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) {
    VIGIE_CHECK(extent >= 0, "Shape", "negative extent in {}", to_string(shape));
    VIGIE_CHECK(extent == 0 || count <= (std::numeric_limits<std::int64_t>::max() / 8) / extent, "Shape",
                "{} has too many elements", to_string(shape));
    count *= extent;
  }
  return count;
}

std::string to_string(const Shape& shape) {
  return fmt::format("[{}]", fmt::join(shape, " "));
}

Tensor::Tensor(Shape shape, DType type) : shape_(std::move(shape)), dtype_(type), count_(count_of(shape_)) {
  owner_ = allocate(bytes());
  data_ = owner_.get();
}

Tensor Tensor::zeros(Shape shape, DType type) {
  Tensor out(std::move(shape), type);
  std::memset(out.data_, 0, out.bytes());
  return out;
}

Tensor Tensor::full(Shape shape, float value) {
  Tensor out(std::move(shape));
  for (float& x : out.values<float>()) x = value;
  return out;
}

Tensor Tensor::from(Shape shape, std::span<const float> values) {
  Tensor out(std::move(shape));
  VIGIE_CHECK(static_cast<std::int64_t>(values.size()) == out.count_, "Tensor::from", "{} values for shape {}",
              values.size(), to_string(out.shape_));
  if (!values.empty()) std::memcpy(out.data_, values.data(), out.bytes());
  return out;
}

Tensor Tensor::borrow(Shape shape, DType type, void* data) {
  return borrow(std::move(shape), type, data, nullptr);
}

Tensor Tensor::borrow(Shape shape, DType type, void* data, std::shared_ptr<void> owner) {
  Tensor out;
  out.count_ = count_of(shape);
  out.shape_ = std::move(shape);
  out.dtype_ = type;
  out.data_ = data;
  out.owner_ = std::move(owner);
  return out;
}

std::int64_t Tensor::dim(int i) const {
  const int axis = i < 0 ? i + rank() : i;
  VIGIE_CHECK(axis >= 0 && axis < rank(), "Tensor::dim", "axis {} of shape {}", i, to_string(shape_));
  return shape_[static_cast<std::size_t>(axis)];
}

Tensor Tensor::clone() const {
  Tensor out(shape_, dtype_);
  if (count_ > 0) std::memcpy(out.data_, data_, bytes());
  return out;
}

Tensor Tensor::reshaped(Shape shape) const {
  std::int64_t known = 1;
  std::int64_t* free_extent = nullptr;
  for (std::int64_t& extent : shape) {
    if (extent == -1) {
      VIGIE_CHECK(free_extent == nullptr, "Tensor::reshaped", "two free extents");
      free_extent = &extent;
    } else {
      known *= extent;
    }
  }
  if (free_extent != nullptr) *free_extent = known == 0 ? 0 : count_ / known;
  VIGIE_CHECK(count_of(shape) == count_, "Tensor::reshaped", "{} does not hold the values of {}", to_string(shape),
              to_string(shape_));
  Tensor out = *this;
  out.shape_ = std::move(shape);
  return out;
}

Tensor Tensor::rows(std::int64_t begin, std::int64_t end) const {
  VIGIE_CHECK(rank() >= 1 && begin >= 0 && begin <= end && end <= shape_[0], "Tensor::rows", "rows {}..{} of {}", begin,
              end, to_string(shape_));
  Tensor out = *this;
  const std::int64_t per_row = shape_[0] == 0 ? 0 : count_ / shape_[0];
  out.shape_[0] = end - begin;
  out.count_ = per_row * (end - begin);
  out.data_ = static_cast<std::byte*>(data_) + static_cast<std::size_t>(begin * per_row) * byte_size(dtype_);
  return out;
}

void Tensor::check_type(DType wanted) const {
  VIGIE_CHECK(wanted == dtype_, "Tensor::data", "tensor holds {}, asked for {}", name_of(dtype_), name_of(wanted));
}

}  // namespace vigie
