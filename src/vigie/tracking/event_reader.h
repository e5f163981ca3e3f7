#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace vigie::testing_tracking {

/// Reads event files with nothing of the writer's: checksums bit by bit, protobuf by wire type.

inline std::uint32_t slow_masked_crc32c(std::string_view bytes) {
  std::uint32_t rest = 0xFFFFFFFF;
  for (const char byte : bytes) {
    rest ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) * 0x82F63B78U);
  }
  rest = ~rest;
  return ((rest >> 15) | (rest << 17)) + 0xA282EAD8U;
}

template <typename T>
T number_at(std::string_view bytes, std::size_t at) {
  if (at + sizeof(T) > bytes.size()) throw std::runtime_error("truncated");
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

/// The data of every record; throws on a wrong length or checksum.
inline std::vector<std::string> records_of(std::string_view file) {
  std::vector<std::string> records;
  for (std::size_t at = 0; at < file.size();) {
    const auto length = number_at<std::uint64_t>(file, at);
    if (number_at<std::uint32_t>(file, at + 8) != slow_masked_crc32c(file.substr(at, 8))) {
      throw std::runtime_error("wrong checksum of a length");
    }
    const std::string data(file.substr(at + 12, length));
    if (number_at<std::uint32_t>(file, at + 12 + length) != slow_masked_crc32c(data)) {
      throw std::runtime_error("wrong checksum of data");
    }
    records.push_back(data);
    at += 16 + length;
  }
  return records;
}

/// One message, its fields found by number.
class Message {
 public:
  explicit Message(std::string bytes) : bytes_(std::move(bytes)) {
    for (std::size_t at = 0; at < bytes_.size();) {
      const std::uint64_t key = varint(at);
      Field field{key >> 3, 0, {}};
      const std::uint64_t wire = key & 7;
      if (wire == 0) field.integer = varint(at);
      const std::size_t length = wire == 1 ? 8 : wire == 5 ? 4 : wire == 2 ? varint(at) : 0;
      if (wire != 0 && length > bytes_.size() - at) throw std::runtime_error("truncated field");
      field.bytes = bytes_.substr(at, length);
      at += length;
      fields_.push_back(field);
    }
  }
  bool has(std::uint64_t number) const { return find(number) != nullptr; }
  std::int64_t integer(std::uint64_t number) const { return static_cast<std::int64_t>(at(number).integer); }
  std::string bytes(std::uint64_t number) const { return at(number).bytes; }
  double float64(std::uint64_t number) const { return number_at<double>(at(number).bytes, 0); }
  float float32(std::uint64_t number) const { return number_at<float>(at(number).bytes, 0); }
  Message message(std::uint64_t number) const { return Message(at(number).bytes); }
  std::vector<double> doubles(std::uint64_t number) const {
    const std::string packed = at(number).bytes;
    std::vector<double> values;
    for (std::size_t i = 0; i < packed.size(); i += 8) values.push_back(number_at<double>(packed, i));
    return values;
  }

 private:
  struct Field {
    std::uint64_t number, integer;
    std::string bytes;
  };
  const Field* find(std::uint64_t number) const {
    for (const Field& field : fields_) {
      if (field.number == number) return &field;
    }
    return nullptr;
  }
  const Field& at(std::uint64_t number) const {
    const Field* field = find(number);
    if (field == nullptr) throw std::runtime_error("no field " + std::to_string(number));
    return *field;
  }
  std::uint64_t varint(std::size_t& at) const {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = number_at<std::uint8_t>(bytes_, at++);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
  }

  std::string bytes_;
  std::vector<Field> fields_;
};

}  // namespace vigie::testing_tracking
