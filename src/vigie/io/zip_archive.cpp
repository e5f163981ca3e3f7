#include "vigie/io/zip_archive.h"

#include <zlib.h>

#include <algorithm>

#include "vigie/io/byte_reader.h"

namespace vigie {

namespace {

constexpr std::string_view kWhere = "read_torch_checkpoint";
constexpr std::string_view kDamaged = "truncated or corrupt zip file";

constexpr std::uint32_t kLocalHeader = 0x04034b50, kCentralHeader = 0x02014b50, kEnd = 0x06054b50;
constexpr std::uint32_t kEnd64 = 0x06064b50, kLocator64 = 0x07064b50;
constexpr std::uint64_t kEndBytes = 22, kLocatorBytes = 20, kMaxComment = 65535;
constexpr std::uint16_t kExtra64 = 1, kEncrypted = 1;
constexpr std::uint32_t kSeeExtra = 0xFFFFFFFF;  // the number is in the zip64 extra field

struct Directory {
  std::uint64_t entries = 0;
  std::uint64_t offset = 0;
};

/// The end record is the last thing in the file, but a comment of unknown length may follow it.
std::uint64_t find_end(std::string_view bytes, ByteReader& reader) {
  const std::uint64_t last = bytes.size() < kEndBytes ? 0 : bytes.size() - kEndBytes;
  for (std::uint64_t back = 0; back <= std::min(last, kMaxComment) && bytes.size() >= kEndBytes; ++back) {
    reader.seek(last - back);
    if (reader.number<std::uint32_t>() != kEnd) continue;
    reader.seek(last - back + 20);
    if (reader.number<std::uint16_t>() == back) return last - back;
  }
  reader.refuse(kDamaged);
}

Directory find_directory(std::string_view bytes, ByteReader& reader) {
  const std::uint64_t end = find_end(bytes, reader);
  if (end >= kLocatorBytes) {
    reader.seek(end - kLocatorBytes);
    if (reader.number<std::uint32_t>() == kLocator64) {
      reader.number<std::uint32_t>();
      reader.seek(reader.number<std::uint64_t>());
      if (reader.number<std::uint32_t>() != kEnd64) reader.refuse(kDamaged);
      reader.take(28);
      const auto entries = reader.number<std::uint64_t>();
      reader.number<std::uint64_t>();
      return {entries, reader.number<std::uint64_t>()};
    }
  }
  reader.seek(end + 10);
  const auto entries = reader.number<std::uint16_t>();
  reader.number<std::uint32_t>();
  return {entries, reader.number<std::uint32_t>()};
}

/// Numbers too large for the plain header stand in the zip64 extra field, in this order.
void read_extra(std::string_view extra, const std::string& path, ZipArchive::Entry& entry) {
  ByteReader reader(extra, kWhere, path, std::string(kDamaged));
  while (reader.position() < reader.size()) {
    const auto kind = reader.number<std::uint16_t>();
    const std::string_view data = reader.take(reader.number<std::uint16_t>());
    if (kind != kExtra64) continue;
    ByteReader numbers(data, kWhere, path, std::string(kDamaged));
    for (std::uint64_t* number : {&entry.size, &entry.stored_size, &entry.offset}) {
      if (*number == kSeeExtra) *number = numbers.number<std::uint64_t>();
    }
  }
}

std::pair<std::string, ZipArchive::Entry> read_central_header(ByteReader& reader, const std::string& path) {
  if (reader.number<std::uint32_t>() != kCentralHeader) reader.refuse(kDamaged);
  ZipArchive::Entry entry;
  reader.take(4);  // versions
  entry.flags = reader.number<std::uint16_t>();
  entry.method = reader.number<std::uint16_t>();
  reader.take(4);  // time and date
  entry.checksum = reader.number<std::uint32_t>();
  entry.stored_size = reader.number<std::uint32_t>();
  entry.size = reader.number<std::uint32_t>();
  const auto name_bytes = reader.number<std::uint16_t>();
  const auto extra_bytes = reader.number<std::uint16_t>();
  const auto comment_bytes = reader.number<std::uint16_t>();
  reader.take(8);  // disk and attributes
  entry.offset = reader.number<std::uint32_t>();
  std::string name(reader.take(name_bytes));
  read_extra(reader.take(extra_bytes), path, entry);
  reader.take(comment_bytes);
  return {std::move(name), entry};
}

std::uint32_t checksum_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

ZipArchive::ZipArchive(std::string_view bytes, std::string path) : bytes_(bytes), path_(std::move(path)) {
  ByteReader reader(bytes_, kWhere, path_, std::string(kDamaged));
  const Directory directory = find_directory(bytes_, reader);
  reader.seek(directory.offset);
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    const auto [entry, fresh] = entries_.insert(read_central_header(reader, path_));
    if (!fresh) reader.refuse(fmt::format("entry '{}' given twice", entry->first));
  }
}

std::string_view ZipArchive::read(const std::string& name) const {
  ByteReader reader(bytes_, kWhere, path_, std::string(kDamaged));
  const auto found = entries_.find(name);
  if (found == entries_.end()) reader.refuse(fmt::format("entry '{}' is missing", name));
  const Entry& entry = found->second;
  if (entry.method != 0 || (entry.flags & kEncrypted) != 0 || entry.stored_size != entry.size) {
    reader.refuse(fmt::format("entry '{}' is compressed or encrypted; torch writes neither", name));
  }
  reader.seek(entry.offset);
  if (reader.number<std::uint32_t>() != kLocalHeader) reader.refuse(kDamaged);
  reader.take(22);
  const auto name_bytes = reader.number<std::uint16_t>();
  const auto extra_bytes = reader.number<std::uint16_t>();
  reader.take(std::uint64_t{name_bytes} + extra_bytes);
  const std::string_view content = reader.take(entry.size);
  if (checksum_of(content) != entry.checksum) reader.refuse(fmt::format("entry '{}' is damaged: wrong checksum", name));
  return content;
}

}  // namespace vigie
