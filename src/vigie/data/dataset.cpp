#include "vigie/data/dataset.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "vigie/core/error.h"
#include "vigie/core/options.h"
#include "vigie/core/random.h"
#include "vigie/core/text.h"
#include "vigie/core/threads.h"
#include "vigie/data/layouts.h"
#include "vigie/io/file.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kWhere = "read_dataset";

std::string detected_layout(const fs::path& path) {
  if (is_csv(path)) return "csv";
  if (!fs::is_directory(path))
    fail(ErrorKind::BadFile, kWhere, "{}: a data set is a folder or a .csv file", path.string());
  if (is_mvtec(path)) return "mvtec";
  if (is_visa(path)) return "visa";
  const auto categories = mvtec_categories(path);
  if (!categories.empty()) {
    std::vector<std::string> names;
    for (const fs::path& category : categories) names.push_back(category.filename().string());
    fail(ErrorKind::InvalidArgument, kWhere, "{}: holds {} categories: {}; name one, e.g. {}", path.string(),
         names.size(), fmt::join(names, ", "), categories.front().string());
  }
  if (is_image_folder(path)) return "folder";
  fail(ErrorKind::BadFile, kWhere,
       "{}: no data set here; expected train/good (MVTec), split_csv/1cls.csv (VisA), a folder good, normal, ok or "
       "train, "
       "images, or a .csv file",
       path.string());
}

Dataset read_layout(const fs::path& path, const std::string& layout) {
  if (layout == "mvtec") return read_mvtec(path);
  if (layout == "visa") return read_visa(path);
  if (layout == "folder") return read_image_folder(path);
  if (layout == "csv") return read_csv(path);
  fail(ErrorKind::InvalidArgument, kWhere, "unknown layout '{}'{}", layout,
       suggestion(layout, {"mvtec", "visa", "folder", "csv"}));
}

void sort_by_path(std::vector<Sample>& samples) {
  std::sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) { return a.image < b.image; });
}

/// Names of folders become texts here, once: they go into JSON, pages and tables.
void spell_in_utf8(Dataset& dataset) {
  dataset.name = utf8_text(dataset.name);
  for (Sample& sample : dataset.test) sample.defect = utf8_text(sample.defect);
}

/// Name, label and content of one sample; lengths keep neighbours apart.
std::uint64_t hash_of(const Sample& sample, const std::string& name) {
  std::uint64_t hash = fnv1a(fmt::format("{} {} {} ", name.size(), name, sample.defect));
  for (const fs::path& file : {sample.image, sample.mask}) {
    const std::string bytes = file.empty() ? std::string() : read_file(file);
    hash = fnv1a(bytes, fnv1a(fmt::format("{} ", bytes.size()), hash));
  }
  return hash;
}

}  // namespace

Dataset read_dataset(const fs::path& path, const std::string& layout) try {
  if (!fs::exists(path)) fail(ErrorKind::NotFound, kWhere, "{}: no such file or folder", path.string());
  const std::string chosen = layout.empty() ? detected_layout(path) : layout;
  Dataset dataset = read_layout(path, chosen);
  dataset.layout = chosen;
  dataset.root = chosen == "csv" ? path.parent_path() : path;
  if (dataset.name.empty()) {
    const fs::path real = fs::weakly_canonical(path);
    dataset.name = real.has_filename() ? real.filename().string() : real.parent_path().filename().string();
  }
  if (dataset.train.empty())
    fail(ErrorKind::BadFile, kWhere, "{}: no good images to learn from ({} layout)", path.string(), chosen);
  sort_by_path(dataset.train);
  sort_by_path(dataset.test);
  spell_in_utf8(dataset);
  return dataset;
} catch (const fs::filesystem_error& e) {
  fail(ErrorKind::Io, kWhere, "{}: {}", e.path1().string(), e.code().message());
}

Split split_normals(const std::vector<Sample>& normals, double held_out_share, std::uint64_t seed) {
  const auto count = static_cast<std::int64_t>(normals.size());
  VIGIE_CHECK(held_out_share > 0 && held_out_share < 1, "split_normals", "the share must lie between 0 and 1, got {}",
              held_out_share);
  VIGIE_CHECK(count >= 2, "split_normals", "{} good images cannot be split; at least 2 are needed", count);
  const auto wanted = static_cast<std::int64_t>(std::llround(held_out_share * static_cast<double>(count)));
  const std::int64_t held_out = std::clamp<std::int64_t>(wanted, 1, count - 1);
  const auto order = Random(derive_seed(seed, "split_normals")).permutation(count);
  std::vector<bool> is_held_out(normals.size(), false);
  for (std::int64_t i = 0; i < held_out; ++i) is_held_out[static_cast<std::size_t>(order[i])] = true;
  Split split;
  for (std::size_t i = 0; i < normals.size(); ++i) (is_held_out[i] ? split.held_out : split.fit).push_back(normals[i]);
  return split;
}

std::string digest_of(const std::vector<Sample>& samples, const fs::path& root) {
  std::vector<std::pair<std::string, std::uint64_t>> entries(samples.size());
  parallel_for(static_cast<std::int64_t>(samples.size()), [&](std::int64_t i) {
    const Sample& sample = samples[static_cast<std::size_t>(i)];
    const std::string name = sample.image.lexically_proximate(root).generic_string();
    entries[static_cast<std::size_t>(i)] = {name, hash_of(sample, name)};
  });
  std::sort(entries.begin(), entries.end());
  std::uint64_t digest = fnv1a("vigie data");
  for (const auto& [name, hash] : entries) digest = fnv1a(fmt::format("{:016x}", hash), digest);
  return fmt::format("{:016x}", digest);
}

}  // namespace vigie
