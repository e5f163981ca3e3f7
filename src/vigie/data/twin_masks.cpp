#include "vigie/data/twin_masks.h"

#include <map>
#include <set>

#include "vigie/core/error.h"
#include "vigie/core/threads.h"
#include "vigie/io/image.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaskValues = 2;

/// At most two values in all channels: a mask. False for what cannot be read, which others report.
bool has_two_values(const fs::path& file) try {
  const Tensor image = read_image(file);
  if (image.dtype() != DType::U8) return false;
  std::set<std::uint8_t> values;
  for (const std::uint8_t value : image.values<std::uint8_t>())
    if (values.insert(value).second && values.size() > kMaskValues) return false;
  return true;
} catch (const Error& error) {
  if (error.kind() == ErrorKind::Internal) throw;
  return false;
}

}  // namespace

std::vector<Companion> twin_masks(const std::vector<fs::path>& files) {
  std::map<std::string, std::vector<fs::path>> by_name;
  for (const fs::path& file : files) by_name[file.stem().string()].push_back(file);
  std::vector<std::pair<fs::path, fs::path>> twins;
  for (const auto& [name, same] : by_name)
    if (same.size() == 2) twins.emplace_back(same.front(), same.back());
  std::vector<Companion> found(twins.size());
  parallel_for(static_cast<std::int64_t>(twins.size()), [&](std::int64_t i) {
    const auto& [first, second] = twins[static_cast<std::size_t>(i)];
    const bool first_is = has_two_values(first), second_is = has_two_values(second);
    if (first_is != second_is)
      found[static_cast<std::size_t>(i)] = {first_is ? first : second, first_is ? second : first, true};
  });
  std::erase_if(found, [](const Companion& one) { return one.file.empty(); });
  return found;
}

}  // namespace vigie
