#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vigie/core/error.h"

namespace vigie {

enum class DType : std::uint8_t { F32, U8, U16, I32, I64 };

std::size_t byte_size(DType type);
std::string_view name_of(DType type);

template <typename T>
constexpr DType dtype_of();
template <>
constexpr DType dtype_of<float>() {
  return DType::F32;
}
template <>
constexpr DType dtype_of<std::uint8_t>() {
  return DType::U8;
}
template <>
constexpr DType dtype_of<std::uint16_t>() {
  return DType::U16;
}
template <>
constexpr DType dtype_of<std::int32_t>() {
  return DType::I32;
}
template <>
constexpr DType dtype_of<std::int64_t>() {
  return DType::I64;
}

using Shape = std::vector<std::int64_t>;

/// Product of the extents; 1 for a scalar (empty shape). Throws InvalidArgument on negative extents or overflow.
std::int64_t count_of(const Shape& shape);

/// "[2 56 56 64]".
std::string to_string(const Shape& shape);

/// A dense row-major array with shared or borrowed memory. Images and feature maps are NHWC.
/// Copying a Tensor copies the handle, not the numbers; clone() copies the numbers.
/// Memory is 64-byte aligned when owned. Const-ness is that of the handle: data() of a const Tensor is read-only.
class Tensor {
 public:
  Tensor() = default;

  /// Owning, uninitialised.
  explicit Tensor(Shape shape, DType type = DType::F32);

  static Tensor zeros(Shape shape, DType type = DType::F32);
  static Tensor full(Shape shape, float value);
  static Tensor from(Shape shape, std::span<const float> values);

  /// Borrowed: the caller keeps `data` alive as long as any copy of the tensor.
  static Tensor borrow(Shape shape, DType type, void* data);
  /// Borrowed, kept alive by `owner` (a memory-mapped file, say).
  static Tensor borrow(Shape shape, DType type, void* data, std::shared_ptr<void> owner);

  bool empty() const { return count_ == 0; }
  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  int rank() const { return static_cast<int>(shape_.size()); }
  /// Extent of axis i; negative i counts from the end.
  std::int64_t dim(int i) const;
  std::int64_t count() const { return count_; }
  std::size_t bytes() const { return static_cast<std::size_t>(count_) * byte_size(dtype_); }

  void* raw() { return data_; }
  const void* raw() const { return data_; }

  /// Typed pointer; throws InvalidArgument when T is not the tensor's type.
  template <typename T>
  T* data() {
    check_type(dtype_of<T>());
    return static_cast<T*>(data_);
  }
  template <typename T>
  const T* data() const {
    check_type(dtype_of<T>());
    return static_cast<const T*>(data_);
  }
  template <typename T>
  std::span<T> values() {
    return {data<T>(), static_cast<std::size_t>(count_)};
  }
  template <typename T>
  std::span<const T> values() const {
    return {data<T>(), static_cast<std::size_t>(count_)};
  }

  Tensor clone() const;
  /// Same memory, other shape; the count must not change. One extent may be -1.
  Tensor reshaped(Shape shape) const;
  /// Rows [begin, end) of the first axis; shares memory.
  Tensor rows(std::int64_t begin, std::int64_t end) const;

 private:
  void check_type(DType wanted) const;

  Shape shape_;
  DType dtype_ = DType::F32;
  std::int64_t count_ = 0;
  void* data_ = nullptr;
  std::shared_ptr<void> owner_;
};

}  // namespace vigie
