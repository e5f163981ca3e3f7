#include "vigie/demo/folder.h"

#include <nlohmann/json.hpp>
#include <set>

#include "vigie/core/error.h"
#include "vigie/io/file.h"

namespace fs = std::filesystem;

namespace vigie::demo {

namespace {

constexpr const char* kManifest = "demo.json";
constexpr const char* kGenerator = "vigie demo";
constexpr std::int64_t kMostImages = 1'000'000;

void plan(std::vector<PlannedImage>& images, const std::string& part, const std::string& defect, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string mask = defect == "good" ? "" : fmt::format("ground_truth/{}/{:03}_mask.png", defect, i);
    images.push_back({fmt::format("{}/{}/{:03}.png", part, defect, i), mask, defect});
  }
}

// Relative paths of the files that an earlier set wrote, from its manifest; empty when the manifest is missing or not
// ours.
std::set<std::string> earlier_files(const fs::path& folder) {
  if (!fs::is_regular_file(folder / kManifest)) return {};
  const auto manifest = nlohmann::json::parse(read_file(folder / kManifest, 1 << 20), nullptr, false);
  if (!manifest.is_object() || !manifest.contains("generator") || manifest["generator"] != kGenerator) return {};
  std::set<std::string> files = {kManifest};
  try {
    DemoOptions options;
    options.train = manifest.at("train").get<std::int64_t>();
    options.test_good = manifest.at("test_good").get<std::int64_t>();
    options.test_per_defect = manifest.at("test_per_defect").get<std::int64_t>();
    if (std::max({options.train, options.test_good, options.test_per_defect}) > kMostImages) return {};
    for (const PlannedImage& image : planned_images(manifest.at("defects").get<std::vector<std::string>>(), options)) {
      files.insert(image.image);
      if (!image.mask.empty()) files.insert(image.mask);
    }
  } catch (const nlohmann::json::exception&) {
    return {};
  }
  return files;
}

struct Content {
  std::vector<fs::path> folders;
  std::vector<fs::path> files;  // and anything else that is not a real folder
};

Content content_of(const fs::path& folder) {
  Content content;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const bool real_folder = entry.is_directory() && !entry.is_symlink();
    (real_folder ? content.folders : content.files).push_back(entry.path());
  }
  return content;
}

}  // namespace

std::vector<PlannedImage> planned_images(const std::vector<std::string>& defects, const DemoOptions& options) {
  std::vector<PlannedImage> images;
  plan(images, "train", "good", options.train);
  plan(images, "test", "good", options.test_good);
  for (const std::string& defect : defects) plan(images, "test", defect, options.test_per_defect);
  return images;
}

void check_replaceable(const fs::path& folder) {
  if (!fs::exists(fs::symlink_status(folder))) return;
  if (!fs::is_directory(folder))
    fail(ErrorKind::InvalidArgument, "demo", "{}: exists and is not a folder; choose another place", folder.string());
  const std::set<std::string> ours = earlier_files(folder);
  for (const fs::path& file : content_of(folder).files)
    if (!ours.contains(file.lexically_relative(folder).generic_string()))
      fail(ErrorKind::InvalidArgument, "demo", "{}: does not belong to a demo set; choose an empty folder or remove it",
           file.string());
}

void begin_folder(const fs::path& folder, const Product& product, const DemoOptions& options) {
  if (fs::exists(folder)) {
    Content content = content_of(folder);
    for (const fs::path& file : content.files)
      if (file != folder / kManifest)
        fs::remove(file);  // the manifest stays: it still marks the folder if we are stopped
    std::sort(content.folders.rbegin(), content.folders.rend());  // children before their parents
    for (const fs::path& sub_folder : content.folders) fs::remove(sub_folder);
  }
  const nlohmann::ordered_json manifest = {{"generator", kGenerator},
                                           {"product", product.name},
                                           {"seed", options.seed},
                                           {"size", options.size},
                                           {"train", options.train},
                                           {"test_good", options.test_good},
                                           {"test_per_defect", options.test_per_defect},
                                           {"defects", product.defects}};
  write_file(folder / kManifest, manifest.dump(2) + "\n");
}

}  // namespace vigie::demo
