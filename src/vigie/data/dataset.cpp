#include "vigie/data/dataset.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>

#include "vigie/core/error.h"
#include "vigie/core/log.h"
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

/// Names of folders become texts here, once: they go into JSON, pages and tables.
void spell_in_utf8(Dataset& dataset) {
  dataset.name = utf8_text(dataset.name);
  for (std::string& name : dataset.classes) name = utf8_text(name);
}

/// Readers number the types of defects as they meet them; afterwards only their names decide.
void sort_classes(Dataset& dataset) {
  std::vector<std::int64_t> order(dataset.classes.size());
  std::iota(order.begin(), order.end(), 0);
  const auto name = [&](std::int64_t index) { return dataset.classes[static_cast<std::size_t>(index)]; };
  std::sort(order.begin() + 1, order.end(), [&](std::int64_t a, std::int64_t b) { return name(a) < name(b); });
  std::vector<std::int64_t> place(order.size());
  std::vector<std::string> sorted;
  for (const std::int64_t index : order) {
    place[static_cast<std::size_t>(index)] = std::ssize(sorted);
    sorted.push_back(name(index));
  }
  dataset.classes = std::move(sorted);
  for (Sample& sample : dataset.samples)
    if (sample.label) sample.label = place[static_cast<std::size_t>(*sample.label)];
}

/// Which view shows a sample.
enum class View { Normals, Labelled, Test, Unlabelled };

View view_of(const Sample& sample) {
  if (!sample.label) return View::Unlabelled;
  if (sample.role == Role::Test) return View::Test;
  return sample.is_good() ? View::Normals : View::Labelled;
}

std::span<const Sample> shown_by(View view, std::span<const Sample> samples) {
  const auto range = std::ranges::equal_range(samples, view, {}, view_of);
  return {range.begin(), range.end()};
}

std::string name_in(const Dataset& dataset, const Sample& sample) {
  return sample.image.lexically_proximate(dataset.root).generic_string();
}

}  // namespace

std::span<const Sample> Dataset::normals() const {
  return shown_by(View::Normals, samples);
}
std::span<const Sample> Dataset::labelled() const {
  return shown_by(View::Labelled, samples);
}
std::span<const Sample> Dataset::test() const {
  return shown_by(View::Test, samples);
}

const std::string& Dataset::class_name(const Sample& sample) const {
  VIGIE_CHECK(sample.label, "data", "{}: has no label", sample.image.string());
  return classes.at(static_cast<std::size_t>(*sample.label));
}

void sort_samples(Dataset& dataset) {
  std::sort(dataset.samples.begin(), dataset.samples.end(), [](const Sample& a, const Sample& b) {
    return std::pair(view_of(a), std::cref(a.image)) < std::pair(view_of(b), std::cref(b.image));
  });
}

std::string defect_counts(const Dataset& dataset, std::span<const Sample> samples) {
  std::map<std::int64_t, std::int64_t> counts;
  for (const Sample& sample : samples)
    if (sample.is_defect()) ++counts[*sample.label];
  std::vector<std::string> texts;
  for (const auto& [label, count] : counts)
    texts.push_back(fmt::format("{} ({})", dataset.classes.at(static_cast<std::size_t>(label)), count));
  return fmt::format("{}", fmt::join(texts, ", "));
}

void log_labels_unused(const Dataset& dataset, std::string_view why) {
  const std::size_t count = dataset.labelled().size();
  if (count == 0) return;
  log_warning("{} labelled {} in the training set {} not learnt from: {}", count, count == 1 ? "defect" : "defects",
              count == 1 ? "is" : "are", why);
}

std::int64_t defect_class(Dataset& dataset, const std::string& name) {
  const auto found = std::find(dataset.classes.begin() + 1, dataset.classes.end(), name);
  const std::int64_t index = found - dataset.classes.begin();
  if (found == dataset.classes.end()) dataset.classes.push_back(name);
  return index;
}

Dataset read_dataset(const fs::path& path, const std::string& layout) try {
  if (!fs::exists(path)) fail(ErrorKind::NotFound, kWhere, "{}: no such file or folder", path.string());
  Dataset dataset = read_layout(path, layout);
  dataset.root = dataset.layout == "csv" ? path.parent_path() : path;
  if (dataset.name.empty()) {
    const fs::path real = fs::weakly_canonical(path);
    dataset.name = real.has_filename() ? real.filename().string() : real.parent_path().filename().string();
  }
  if (dataset.samples.empty()) refuse_empty(path, dataset);
  spell_in_utf8(dataset);
  sort_classes(dataset);
  sort_samples(dataset);
  return dataset;
} catch (const fs::filesystem_error& e) {
  fail(ErrorKind::Io, kWhere, "{}: {}", e.path1().string(), e.code().message());
}

Split split_normals(std::span<const Sample> normals, double held_out_share, std::uint64_t seed,
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

std::uint64_t sample_hash(const Dataset& dataset, const Sample& sample, std::string_view image_bytes) {
  const std::string name = name_in(dataset, sample);
  // Lengths keep neighbours apart.
  std::uint64_t hash = fnv1a(fmt::format("{} {} {} ", name.size(), name, dataset.class_name(sample)));
  const std::string mask = sample.mask.empty() ? std::string() : read_file(sample.mask);
  for (const std::string_view bytes : {image_bytes, std::string_view(mask)})
    hash = fnv1a(bytes, fnv1a(fmt::format("{} ", bytes.size()), hash));
  for (const fs::path& file : sample.more_masks) hash = fnv1a(read_file(file), fnv1a("mask ", hash));
  return hash;
}

std::string digest_of(const Dataset& dataset, std::span<const Sample> samples, std::span<const std::uint64_t> hashes) {
  std::vector<std::pair<std::string, std::uint64_t>> entries;
  for (std::size_t i = 0; i < samples.size(); ++i) entries.emplace_back(name_in(dataset, samples[i]), hashes[i]);
  std::sort(entries.begin(), entries.end());
  std::uint64_t digest = fnv1a("vigie data");
  for (const auto& [name, hash] : entries) digest = fnv1a(fmt::format("{:016x}", hash), digest);
  return fmt::format("{:016x}", digest);
}

std::string digest_of(const Dataset& dataset, std::span<const Sample> samples) {
  std::vector<std::uint64_t> hashes(samples.size());
  parallel_for(std::ssize(samples), [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    hashes[at] = sample_hash(dataset, samples[at], read_file(samples[at].image));
  });
  return digest_of(dataset, samples, hashes);
}

}  // namespace vigie
