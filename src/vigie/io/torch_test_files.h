#pragma once

#include <zlib.h>

#include <map>
#include <string>
#include <vector>

#include "vigie/io/io_test_support.h"

// Torch checkpoints assembled byte by byte, so that the reader is tested where no torch is installed.
namespace vigie::testing_io {

/// Pieces of a protocol 2 pickle.
inline std::string pickled_text(const std::string& text) {
  return "X" + le(static_cast<std::uint32_t>(text.size())) + text;
}
inline std::string pickled_global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}
inline std::string pickled_integer(std::int32_t value) {
  return "J" + le(value);
}
inline std::string pickled_tuple(const std::vector<std::int32_t>& values) {
  std::string out = "(";
  for (const std::int32_t value : values) out += pickled_integer(value);
  return out + "t";
}
inline std::string pickle_of(const std::string& body) {
  return "\x80\x02" + body + ".";
}

/// A tensor over storage `key` of `count` elements.
struct PickledTensor {
  std::string storage_type = "FloatStorage";
  std::string key = "0";
  std::int32_t count = 0;
  std::int32_t offset = 0;
  std::vector<std::int32_t> shape = {}, strides = {};
  bool legacy = false;

  operator std::string() const {
    return pickled_global("torch._utils", "_rebuild_tensor_v2") + "((" + pickled_text("storage") +
           pickled_global("torch", storage_type) + pickled_text(key) + pickled_text("cpu") + pickled_integer(count) +
           (legacy ? "N" : "") + "tQ" + pickled_integer(offset) + pickled_tuple(shape) + pickled_tuple(strides) +
           "\x89" + pickled_global("collections", "OrderedDict") + ")RtR";
  }
};

inline std::string pickled_dict(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string out = "}(";
  for (const auto& [key, value] : entries) out += pickled_text(key) + value;
  return out + "u";
}

/// A zip file; with zip64, sizes and offsets stand in the extra fields and the zip64 end record only.
struct ZipFile {
  std::vector<std::pair<std::string, std::string>> entries;
  bool zip64 = false;
  std::uint16_t method = 0;
  std::uint32_t checksum_error = 0;

  std::string bytes() const {
    std::string body, directory;
    for (const auto& [name, content] : entries) {
      const auto offset = static_cast<std::uint64_t>(body.size());
      const auto sum = static_cast<std::uint32_t>(
          crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())));
      const std::string common = le<std::uint16_t>(0) + le(method) + le(0u) + le(sum ^ checksum_error) + size(content) +
                                 size(content) + le(static_cast<std::uint16_t>(name.size()));
      body += "PK\x03\x04" + le<std::uint16_t>(45) + common + le<std::uint16_t>(0) + name + content;
      const std::string wide = le<std::uint64_t>(content.size()) + le<std::uint64_t>(content.size()) + le(offset);
      const std::string extra = zip64 ? le<std::uint16_t>(1) + le(static_cast<std::uint16_t>(wide.size())) + wide : "";
      directory += "PK\x01\x02" + le(0x2D002Du) + common + le(static_cast<std::uint16_t>(extra.size())) +
                   std::string(10, '\0') + (zip64 ? le(~0u) : le(static_cast<std::uint32_t>(offset))) + name + extra;
    }
    const std::uint64_t count = entries.size();
    std::string end;
    if (zip64) {
      end = "PK\x06\x06" + le<std::uint64_t>(44) + le(0x2D002Du) + le<std::uint64_t>(0) + le(count) + le(count) +
            le<std::uint64_t>(directory.size()) + le<std::uint64_t>(body.size()) + "PK\x06\x07" + le(0u) +
            le<std::uint64_t>(body.size() + directory.size()) + le(1u);
    }
    const auto short_count = static_cast<std::uint16_t>(zip64 ? 0xFFFF : count);
    return body + directory + end + "PK\x05\x06" + le(0u) + le(short_count) + le(short_count) +
           le(static_cast<std::uint32_t>(directory.size())) +
           (zip64 ? le(~0u) : le(static_cast<std::uint32_t>(body.size()))) + le<std::uint16_t>(0);
  }

 private:
  std::string size(const std::string& content) const {
    return zip64 ? le(~0u) : le(static_cast<std::uint32_t>(content.size()));
  }
};

/// "archive/data.pkl" and the storages.
inline ZipFile zip_checkpoint(const std::string& object, const std::map<std::string, std::string>& storages) {
  ZipFile zip{.entries = {{"archive/data.pkl", pickle_of(object)}}};
  for (const auto& [key, bytes] : storages) zip.entries.emplace_back("archive/data/" + key, bytes);
  zip.entries.emplace_back("archive/version", "3\n");
  return zip;
}

/// The form of torch < 1.6; storages are given with their number of elements.
inline std::string legacy_checkpoint(const std::string& object, const std::string& key, std::int64_t count,
                                     const std::string& bytes, bool little_endian = true) {
  return pickle_of("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19") + pickle_of(pickled_integer(1001)) +
         pickle_of(pickled_dict({{"little_endian", little_endian ? "\x88" : "\x89"}})) + pickle_of(object) +
         pickle_of("](" + pickled_text(key) + "e") + le(count) + bytes;
}

}  // namespace vigie::testing_io
