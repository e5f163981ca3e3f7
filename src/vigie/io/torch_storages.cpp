#include "vigie/io/torch_storages.h"

#include "vigie/core/error.h"
#include "vigie/io/byte_reader.h"

namespace vigie {

namespace {

constexpr std::string_view kWhere = "read_torch_checkpoint";
constexpr std::string_view kObject = "/data.pkl";
constexpr std::string_view kLegacyMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";  // an integer of ten bytes
constexpr std::int64_t kLegacyProtocol = 1001;

[[noreturn]] void refuse(const MappedFile& file, std::string_view reason) {
  fail(ErrorKind::BadFile, kWhere, "{}: {}", file.path(), reason);
}

/// The archive's own name, which precedes every entry: that of the one <name>/data.pkl.
std::string archive_name(const ZipArchive& zip, const MappedFile& file) {
  std::string name;
  for (const auto& [entry, ignored] : zip.entries()) {
    const std::size_t slash = entry.find('/');
    if (slash == std::string::npos || entry.substr(slash) != kObject) continue;
    if (!name.empty()) refuse(file, "holds two checkpoints");
    name = entry.substr(0, slash);
  }
  if (name.empty()) refuse(file, "a zip file without data.pkl; not a torch checkpoint");
  if (zip.contains(name + "/constants.pkl"))
    refuse(file, "a TorchScript program, not a state dict; save model.state_dict()");
  return name;
}

/// Steps from one pickle of the legacy form to the next.
pickle::Document next_pickle(const MappedFile& file, std::uint64_t& position) {
  pickle::Document document = pickle::read_pickle(file.bytes().substr(position), file.path());
  position += document.bytes;
  return document;
}

void check_system(const pickle::Document& system, const MappedFile& file) {
  const auto* entries = system.root.as<pickle::Dict*>();
  if (entries == nullptr) refuse(file, "malformed: no system information");
  for (const auto& [key, value] : **entries) {
    const auto* name = key.as<std::string_view>();
    const auto* little_endian = value.as<bool>();
    if (name != nullptr && *name == "little_endian" && little_endian != nullptr && !*little_endian) {
      refuse(file, "written on a big-endian machine");
    }
  }
}

/// Every storage is its number of elements followed by the elements, in the order of `keys`.
void read_legacy_storages(const MappedFile& file, const pickle::Document& keys, std::uint64_t position,
                          TorchArchive& archive) {
  std::map<std::string_view, StoredType> types;
  for (const pickle::Storage& storage : archive.document.storages) types.emplace(storage.key, storage.type);
  const auto* list = keys.root.as<pickle::List*>();
  if (list == nullptr) refuse(file, "malformed: no list of storages");
  ByteReader reader(file.bytes(), kWhere, file.path(), "truncated: a storage ends early");
  reader.seek(position);
  for (const pickle::Value& key : **list) {
    const auto* text = key.as<std::string_view>();
    const auto type = text == nullptr ? types.end() : types.find(*text);
    if (type == types.end()) refuse(file, "malformed: a storage that no tensor uses");
    const auto bytes = stored_bytes(type->second, {reader.number<std::int64_t>()});
    if (!bytes) refuse(file, fmt::format("malformed: storage '{}' has an impossible size", *text));
    archive.storages.emplace(*text, reader.take(*bytes));
  }
}

/// Every storage that a tensor refers to must be there in full.
void check_storages(const TorchArchive& archive, const MappedFile& file) {
  for (const pickle::Storage& storage : archive.document.storages) {
    const auto found = archive.storages.find(storage.key);
    const auto expected = stored_bytes(storage.type, {storage.count});
    if (found == archive.storages.end() || !expected || found->second.size() < *expected) {
      refuse(file,
             fmt::format("storage '{}' is missing or holds fewer than its {} elements", storage.key, storage.count));
    }
  }
}

}  // namespace

TorchArchive open_zip_checkpoint(const MappedFile& file) {
  const ZipArchive zip(file.bytes(), file.path());
  const std::string name = archive_name(zip, file);
  if (zip.contains(name + "/byteorder") && zip.read(name + "/byteorder") != "little") {
    refuse(file, "written on a big-endian machine");
  }
  TorchArchive archive{.document = pickle::read_pickle(zip.read(name + std::string(kObject)), file.path()),
                       .storages = {}};
  for (const pickle::Storage& storage : archive.document.storages) {
    if (archive.storages.count(storage.key) != 0) continue;
    archive.storages.emplace(storage.key, zip.read(fmt::format("{}/data/{}", name, storage.key)));
  }
  check_storages(archive, file);
  return archive;
}

TorchArchive open_legacy_checkpoint(const MappedFile& file) {
  std::uint64_t position = 0;
  const pickle::Document magic = next_pickle(file, position);
  const auto* number = magic.root.as<pickle::BigInteger>();
  if (number == nullptr || number->bytes != kLegacyMagic) refuse(file, "a pickle, but not of a torch checkpoint");
  const pickle::Document protocol = next_pickle(file, position);
  const auto* version = protocol.root.as<std::int64_t>();
  if (version == nullptr || *version != kLegacyProtocol) refuse(file, "unknown version of the legacy format");
  check_system(next_pickle(file, position), file);
  TorchArchive archive{.document = next_pickle(file, position), .storages = {}};
  const pickle::Document keys = next_pickle(file, position);
  read_legacy_storages(file, keys, position, archive);
  check_storages(archive, file);
  return archive;
}

}  // namespace vigie
