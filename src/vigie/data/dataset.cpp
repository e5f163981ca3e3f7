#include "vigie/data/dataset.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "vigie/core/error.h"
#include "vigie/core/options.h"
#include "vigie/core/random.h"
#include "vigie/core/text.h"
#include "vigie/core/threads.h"
#include "vigie/data/label_words.h"
#include "vigie/data/layouts.h"
#include "vigie/data/near_duplicates.h"
#include "vigie/io/file.h"

namespace vigie {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kWhere = "read_dataset";

[[noreturn]] void refuse_several(const fs::path& path, const std::vector<fs::path>& categories) {
  std::vector<std::string> names;
  for (const fs::path& category : categories) names.push_back(category.filename().string());
  fail(ErrorKind::InvalidArgument, kWhere, "{}: holds {} categories: {}; name one, e.g. {}", path.string(),
       names.size(), fmt::join(names, ", "), categories.front().string());
}

Dataset read_detected(const fs::path& path) {
  if (is_csv(path)) return read_csv(path);
  if (!fs::is_directory(path))
    fail(ErrorKind::BadFile, kWhere, "{}: a data set is a folder or a .csv file", path.string());
  const FirstFolders first = first_folders(path);
  if (first.train) return read_folders(path);
  if (is_visa(path)) return read_visa(path);
  if (!first.labelled && !first.test)
    if (const auto categories = categories_in(path); !categories.empty()) refuse_several(path, categories);
  return read_folders(path);
}

Dataset read_layout(const fs::path& path, const std::string& layout) {
  if (layout.empty()) return read_detected(path);
  if (layout == "mvtec" && !first_folders(path).train)
    fail(ErrorKind::BadFile, kWhere, "{}: not MVTec layout, there is no folder train/good", path.string());
  if (layout == "mvtec" || layout == "folder") return read_folders(path);
  if (layout == "visa") return read_visa(path);
  if (layout == "csv") return read_csv(path);
  fail(ErrorKind::InvalidArgument, kWhere, "unknown layout '{}'{}", layout,
       suggestion(layout, {"mvtec", "visa", "folder", "csv"}));
}

[[noreturn]] void refuse_empty(const fs::path& path, const Dataset& dataset) {
  std::string left_out;
  for (const LeftOutLine& line : lines_of(dataset.left_out, path)) left_out += "; " + line.text;
  if (first_folders(path).train)
    fail(ErrorKind::BadFile, kWhere, "{}: no good images to learn from{}", path.string(), left_out);
  fail(ErrorKind::BadFile, kWhere,
       "{}: no data set here; expected train/good (MVTec), split_csv/1cls.csv (VisA), a folder named as good ({}), "
       "images, or a .csv file{}",
       path.string(), kGoodWordsShown, left_out);
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
  for (const fs::path& file : sample.more_masks) hash = fnv1a(read_file(file), fnv1a("mask ", hash));
  return hash;
}

}  // namespace

Dataset read_dataset(const fs::path& path, const std::string& layout) try {
  if (!fs::exists(path)) fail(ErrorKind::NotFound, kWhere, "{}: no such file or folder", path.string());
  Dataset dataset = read_layout(path, layout);
  dataset.root = dataset.layout == "csv" ? path.parent_path() : path;
  if (dataset.name.empty()) {
    const fs::path real = fs::weakly_canonical(path);
    dataset.name = real.has_filename() ? real.filename().string() : real.parent_path().filename().string();
  }
  if (dataset.train.empty() && dataset.test.empty()) refuse_empty(path, dataset);
  sort_by_path(dataset.train);
  sort_by_path(dataset.test);
  spell_in_utf8(dataset);
  return dataset;
} catch (const fs::filesystem_error& e) {
  fail(ErrorKind::Io, kWhere, "{}: {}", e.path1().string(), e.code().message());
}

Split split_normals(const std::vector<Sample>& normals, double held_out_share, std::uint64_t seed,
                    std::vector<std::int64_t> groups) {
  if (groups.empty()) {
    groups.resize(normals.size());
    std::iota(groups.begin(), groups.end(), 0);
  }
  const std::int64_t count = group_count(groups);
  VIGIE_CHECK(held_out_share > 0 && held_out_share < 1, "split_normals", "the share must lie between 0 and 1, got {}",
              held_out_share);
  VIGIE_CHECK(count >= 2, "split_normals", "{} good part(s) cannot be split; at least 2 are needed", count);
  const auto wanted = static_cast<std::int64_t>(std::llround(held_out_share * static_cast<double>(count)));
  const std::int64_t held_out = std::clamp<std::int64_t>(wanted, 1, count - 1);
  const auto order = Random(derive_seed(seed, "split_normals")).permutation(count);
  std::vector<bool> is_held_out(static_cast<std::size_t>(count), false);
  for (std::int64_t i = 0; i < held_out; ++i) is_held_out[static_cast<std::size_t>(order[i])] = true;
  Split split;
  for (std::size_t i = 0; i < normals.size(); ++i)
    (is_held_out[static_cast<std::size_t>(groups[i])] ? split.held_out : split.fit).push_back(normals[i]);
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
