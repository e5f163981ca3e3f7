#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace vigie {

/// Encodes one protobuf message field by field; just the wire types that event files need. A field with its default
/// value is written like any other, which readers accept. Internal to tracking/.
class ProtobufWriter {
 public:
  ProtobufWriter& integer(int field, std::int64_t value) {
    tag(field, WireType::Varint);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  ProtobufWriter& float64(int field, double value) {
    tag(field, WireType::Fixed64);
    little_endian(std::bit_cast<std::uint64_t>(value), 8);
    return *this;
  }
  ProtobufWriter& float32(int field, float value) {
    tag(field, WireType::Fixed32);
    little_endian(std::bit_cast<std::uint32_t>(value), 4);
    return *this;
  }
  ProtobufWriter& bytes(int field, std::string_view value) {
    tag(field, WireType::Bytes);
    varint(value.size());
    data_.append(value);
    return *this;
  }
  ProtobufWriter& message(int field, const ProtobufWriter& value) { return bytes(field, value.data()); }
  /// repeated double [packed = true]
  ProtobufWriter& packed(int field, std::span<const double> values) {
    tag(field, WireType::Bytes);
    varint(values.size() * 8);
    for (const double value : values) little_endian(std::bit_cast<std::uint64_t>(value), 8);
    return *this;
  }
  const std::string& data() const { return data_; }

 private:
  enum class WireType : std::uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

  void tag(int field, WireType type) {
    varint(static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(type));
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) data_.push_back(static_cast<char>((value & 0x7F) | 0x80));
    data_.push_back(static_cast<char>(value));
  }
  void little_endian(std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) data_.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
  }

  std::string data_;
};

}  // namespace vigie
