#include "vigie/cli/open_dataset.h"

#include "vigie/core/log.h"

namespace vigie::cli {

Dataset open_dataset(const std::filesystem::path& path, const std::string& layout) {
  Dataset dataset = read_dataset(path, layout);
  log_left_out(dataset.left_out, dataset.root);
  for (const std::string& note : dataset.notes) log_warning("{}", note);
  return dataset;
}

}  // namespace vigie::cli
