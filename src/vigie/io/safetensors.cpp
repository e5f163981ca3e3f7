#include "vigie/io/safetensors.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "vigie/core/error.h"
#include "vigie/io/file.h"
#include "vigie/io/mapped_file.h"
#include "vigie/io/stored_type.h"

namespace vigie {

namespace {

using nlohmann::json;

constexpr std::string_view kRead = "read_safetensors";
constexpr std::string_view kMetadata = "__metadata__";
constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeader = 100'000'000;
constexpr std::uint64_t kAlignment = 64;

constexpr std::pair<std::string_view, StoredType> kTypes[] = {
    {"F64", StoredType::F64}, {"F32", StoredType::F32}, {"F16", StoredType::F16}, {"BF16", StoredType::BF16},
    {"I64", StoredType::I64}, {"I32", StoredType::I32}, {"I16", StoredType::I16}, {"I8", StoredType::I8},
    {"U32", StoredType::U32}, {"U16", StoredType::U16}, {"U8", StoredType::U8},   {"BOOL", StoredType::Bool}};

/// A tensor as the header announces it; bytes [begin, end) of the data section.
struct Entry {
  std::string name;
  StoredType type = StoredType::F32;
  Shape shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

std::string_view header_text(const MappedFile& file) {
  const std::string_view bytes = file.bytes();
  std::uint64_t length = 0;
  if (bytes.size() < kLengthBytes)
    fail(ErrorKind::BadFile, kRead, "{}: {} bytes, too short", file.path(), bytes.size());
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kMaxHeader || length > bytes.size() - kLengthBytes) {
    fail(ErrorKind::BadFile, kRead,
         "{}: announces a header of {} bytes in a file of {}; not a safetensors file, or truncated", file.path(),
         length, bytes.size());
  }
  return bytes.substr(kLengthBytes, length);
}

/// The header as JSON. Unlike a plain parse, refuses names given twice and anything nested deeper than a shape.
json parse_header(const MappedFile& file) {
  constexpr int kShapeDepth = 2;
  std::set<std::string> names[kShapeDepth + 1];
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    const bool opens = event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (opens && depth > kShapeDepth) fail(ErrorKind::BadFile, kRead, "{}: header nested too deeply", file.path());
    if (opens) names[depth].clear();
    if (event == json::parse_event_t::key && !names[depth - 1].insert(parsed.get<std::string>()).second) {
      fail(ErrorKind::BadFile, kRead, "{}: name '{}' given twice", file.path(), parsed.get<std::string>());
    }
    return true;
  };
  try {
    json header = json::parse(header_text(file), watch);
    if (header.is_object()) return header;
  } catch (const json::exception& e) {
    fail(ErrorKind::BadFile, kRead, "{}: header is not valid JSON ({})", file.path(), e.what());
  }
  fail(ErrorKind::BadFile, kRead, "{}: header is not a JSON object", file.path());
}

std::map<std::string, std::string> metadata_from_header(const json& header, const std::string& path) {
  const auto found = header.find(kMetadata);
  if (found == header.end()) return {};
  const auto is_text = [](const json& value) { return value.is_string(); };
  if (!found->is_object() || !std::all_of(found->begin(), found->end(), is_text)) {
    fail(ErrorKind::BadFile, kRead, "{}: {} must map texts to texts", path, kMetadata);
  }
  return found->get<std::map<std::string, std::string>>();
}

std::optional<std::vector<std::int64_t>> natural_numbers(const json& description, const char* key) {
  const auto found = description.find(key);
  if (found == description.end() || !found->is_array()) return std::nullopt;
  std::vector<std::int64_t> numbers;
  for (const json& number : *found) {
    if (!number.is_number_unsigned() || number.get<std::uint64_t>() > (std::uint64_t{1} << 62)) return std::nullopt;
    numbers.push_back(number.get<std::int64_t>());
  }
  return numbers;
}

StoredType type_from_header(const json& description, const std::string& name, const std::string& path) {
  const auto found = description.find("dtype");
  if (found != description.end() && found->is_string()) {
    for (const auto& [word, type] : kTypes) {
      if (found->get_ref<const std::string&>() == word) return type;
    }
  }
  fail(ErrorKind::BadFile, kRead, "{}: tensor '{}': dtype {} is not supported", path, name,
       found == description.end() ? "(missing)" : found->dump());
}

Entry entry_from_header(const std::string& name, const json& description, const std::string& path) {
  const auto refuse = [&](std::string_view reason) {
    fail(ErrorKind::BadFile, kRead, "{}: tensor '{}': {}", path, name, reason);
  };
  if (!description.is_object()) refuse("its description is not a JSON object");
  Entry entry{.name = name, .type = type_from_header(description, name, path), .shape = {}};
  const auto shape = natural_numbers(description, "shape");
  const auto offsets = natural_numbers(description, "data_offsets");
  if (!shape) refuse("shape must be a list of natural numbers");
  if (!offsets || offsets->size() != 2 || (*offsets)[0] > (*offsets)[1]) refuse("data_offsets must be [begin, end]");
  entry.shape = *shape;
  entry.begin = static_cast<std::uint64_t>((*offsets)[0]);
  entry.end = static_cast<std::uint64_t>((*offsets)[1]);
  if (stored_bytes(entry.type, entry.shape) != entry.end - entry.begin) {
    refuse(fmt::format("{} bytes do not hold shape {}", entry.end - entry.begin, to_string(entry.shape)));
  }
  return entry;
}

/// The format wants the tensors to cover the data section exactly: no overlap, no hole, nothing after the last.
void check_cover(std::vector<Entry>& entries, std::uint64_t data_bytes, const std::string& path) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  std::uint64_t covered = 0;
  for (const Entry& entry : entries) {
    if (entry.end > data_bytes) {
      fail(ErrorKind::BadFile, kRead, "{}: tensor '{}' ends at byte {} of {}; the file is truncated", path, entry.name,
           entry.end, data_bytes);
    }
    if (entry.begin != covered) {
      fail(ErrorKind::BadFile, kRead, "{}: tensor '{}' {}", path, entry.name,
           entry.begin < covered ? "overlaps another one" : "leaves unused bytes before it");
    }
    covered = entry.end;
  }
  if (covered != data_bytes) {
    fail(ErrorKind::BadFile, kRead, "{}: {} bytes after the last tensor", path, data_bytes - covered);
  }
}

const char* spelling_of(DType type) {
  switch (type) {
    case DType::F32:
      return "F32";
    case DType::U8:
      return "U8";
    case DType::U16:
      return "U16";
    case DType::I32:
      return "I32";
    case DType::I64:
      return "I64";
  }
  return "?";
}

using NamedTensor = TensorMap::value_type;

/// Wide elements first, then by name: tensors lie without holes, as readers demand, and each on its own alignment.
std::vector<const NamedTensor*> data_order(const TensorMap& tensors) {
  std::vector<const NamedTensor*> order;
  for (const NamedTensor& tensor : tensors) order.push_back(&tensor);
  std::stable_sort(order.begin(), order.end(), [](const NamedTensor* a, const NamedTensor* b) {
    return byte_size(a->second.dtype()) > byte_size(b->second.dtype());
  });
  return order;
}

std::string header_for(const SafeTensors& content, const std::vector<const NamedTensor*>& order) {
  json header = json::object();
  if (!content.metadata.empty()) header[kMetadata] = content.metadata;
  std::uint64_t begin = 0;
  for (const NamedTensor* item : order) {
    const auto& [name, tensor] = *item;
    VIGIE_CHECK(name != kMetadata, "write_safetensors", "'{}' is no name for a tensor", name);
    VIGIE_CHECK(count_of(tensor.shape()) == tensor.count(), "write_safetensors", "tensor '{}' was never given a value",
                name);
    header[name] = {{"dtype", spelling_of(tensor.dtype())},
                    {"shape", tensor.shape()},
                    {"data_offsets", {begin, begin + tensor.bytes()}}};
    begin += tensor.bytes();
  }
  try {
    std::string text = header.dump();
    text.append((kAlignment - (kLengthBytes + text.size()) % kAlignment) % kAlignment, ' ');
    return text;
  } catch (const json::exception&) {
    fail(ErrorKind::InvalidArgument, "write_safetensors", "a name or a metadata text is not valid UTF-8");
  }
}

}  // namespace

namespace {

SafeTensors content_of(const std::shared_ptr<MappedFile>& file) {
  const json header = parse_header(*file);
  const std::string_view data = file->bytes().substr(kLengthBytes + header_text(*file).size());

  std::vector<Entry> entries;
  for (const auto& [name, description] : header.items()) {
    if (name != kMetadata) entries.push_back(entry_from_header(name, description, file->path()));
  }
  check_cover(entries, data.size(), file->path());

  SafeTensors content{.tensors = {}, .metadata = metadata_from_header(header, file->path())};
  for (const Entry& entry : entries) {
    content.tensors.emplace(entry.name, tensor_from_stored(entry.type, entry.shape, data.data() + entry.begin, file));
  }
  return content;
}

}  // namespace

SafeTensors read_safetensors(const std::filesystem::path& path) {
  return content_of(MappedFile::open(path, kRead));
}

SafeTensors safetensors_from_bytes(std::span<const unsigned char> bytes, const std::string& name) {
  return content_of(MappedFile::copy_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, name));
}

std::map<std::string, std::string> read_safetensors_metadata(const std::filesystem::path& path) {
  const std::shared_ptr<MappedFile> file = MappedFile::open(path, kRead);
  return metadata_from_header(parse_header(*file), file->path());
}

void write_safetensors(const std::filesystem::path& path, const SafeTensors& content) {
  const std::vector<const NamedTensor*> order = data_order(content.tensors);
  const std::string header = header_for(content, order);
  const std::uint64_t length = header.size();
  AtomicFile file(path);
  file.write(&length, sizeof length);
  file.write(header);
  for (const NamedTensor* item : order) file.write(item->second.raw(), item->second.bytes());
  file.commit();
}

}  // namespace vigie
