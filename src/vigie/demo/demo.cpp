#include "vigie/demo/demo.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "vigie/core/error.h"
#include "vigie/core/random.h"
#include "vigie/core/threads.h"
#include "vigie/demo/folder.h"
#include "vigie/demo/sample.h"
#include "vigie/io/image.h"

namespace vigie {

namespace {

struct Task {
  const demo::Product* product;
  demo::PlannedImage planned;
};

void check(const DemoOptions& options) {
  VIGIE_CHECK(options.size >= 64 && options.size <= 2048, "demo", "size must be 64 to 2048 pixels, got {}",
              options.size);
  VIGIE_CHECK(options.train >= 1 && options.train <= 100'000, "demo", "train must be 1 to 100000 images, got {}",
              options.train);
  for (const std::int64_t count : {options.test_good, options.test_per_defect})
    VIGIE_CHECK(count >= 0 && count <= 100'000, "demo", "test images must be 0 to 100000 a kind, got {}", count);
  for (const std::string& name : options.products)
    VIGIE_CHECK(std::ranges::count(demo_products(), name) == 1, "demo", "unknown product '{}', there are {}", name,
                fmt::join(demo_products(), ", "));
}

std::vector<const demo::Product*> chosen_products(const DemoOptions& options) {
  std::vector<const demo::Product*> chosen;
  for (const demo::Product& product : demo::all_products())
    if (options.products.empty() || std::ranges::count(options.products, product.name) > 0) chosen.push_back(&product);
  return chosen;
}

// Every folder is checked before the first is touched.
void prepare(const std::filesystem::path& root, const std::vector<const demo::Product*>& products,
             const DemoOptions& options) {
  try {
    for (const demo::Product* product : products) demo::check_replaceable(root / product->name);
    for (const demo::Product* product : products) demo::begin_folder(root / product->name, *product, options);
  } catch (const std::filesystem::filesystem_error& error) {
    fail(ErrorKind::Io, "demo", "{}: {}", error.path1().string(), error.code().message());
  }
}

void draw_and_write(const std::filesystem::path& root, const DemoOptions& options, const Task& task) {
  const std::string& name = task.product->name;
  const std::uint64_t seed = derive_seed(options.seed, name + "/" + task.planned.image);
  const demo::LabelledImage drawn = demo::draw_image(*task.product, task.planned.defect, seed, options.size);
  write_image(root / name / task.planned.image, drawn.image);
  if (!task.planned.mask.empty()) write_image(root / name / task.planned.mask, drawn.mask);
}

}  // namespace

const std::vector<std::string>& demo_products() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const demo::Product& product : demo::all_products()) all.push_back(product.name);
    return all;
  }();
  return names;
}

void make_demo_dataset(const std::filesystem::path& root, const DemoOptions& options, const RunContext& context) {
  check(options);
  const auto products = chosen_products(options);
  prepare(root, products, options);
  std::vector<Task> tasks;
  for (const demo::Product* product : products)
    for (demo::PlannedImage& image : demo::planned_images(product->defects, options))
      tasks.push_back({product, std::move(image)});
  // In blocks, because progress is counted and cancellation noticed by one thread.
  const auto total = static_cast<std::int64_t>(tasks.size());
  const std::int64_t block = 8 * std::max(1, thread_budget());
  Progress progress(context, "drawing demo images", total);
  for (std::int64_t begin = 0; begin < total; begin += block) {
    const std::int64_t count = std::min(block, total - begin);
    parallel_for(count,
                 [&](std::int64_t i) { draw_and_write(root, options, tasks[static_cast<std::size_t>(begin + i)]); });
    progress.advance(count);
  }
}

}  // namespace vigie
