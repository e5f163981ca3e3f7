#include "vigie/pipeline/test_set.h"

#include <algorithm>
#include <set>

#include "vigie/core/log.h"
#include "vigie/pipeline/content_hash.h"

namespace vigie {

namespace {

/// Why there are no good test images, as far as the data set tells.
std::string_view reason_for_no_good(const Dataset& dataset) {
  return dataset.has_split ? "the data set has none" : "all that it has were given to fit or calibrate";
}

void add_unseen(const Model& model, Dataset& dataset, bool allow_leakage) {
  std::set<std::filesystem::path> seen;
  if (!allow_leakage)
    for (const Sample& sample : samples_seen_by(model, dataset.normals())) seen.insert(sample.image);
  const std::size_t normals = dataset.normals().size();
  for (Sample& sample : dataset.samples)
    if (sample.is_good() && !seen.contains(sample.image)) sample.role = Role::Test;
  sort_samples(dataset);
  if (const std::size_t unseen = normals - dataset.normals().size(); unseen > 0)
    log_info("{} good images that the model has not seen are test images", unseen);
  if (!seen.empty())
    log_warning("{} of {} good images were given to fit or calibrate and are left out of the test", seen.size(),
                normals);
}

}  // namespace

Dataset test_set_for(const Model& model, Dataset dataset, bool allow_leakage) {
  if (!dataset.has_split) add_unseen(model, dataset, allow_leakage);
  const auto defects = std::ranges::count_if(dataset.test(), &Sample::is_defect);
  if (dataset.test().empty()) return dataset;
  if (defects == std::ssize(dataset.test()))
    log_warning(
        "no good test images ({}): AUROC, precision and false alarms are not measured; keep good parts apart from fit, "
        "as in train/good and test/good",
        reason_for_no_good(dataset));
  if (defects == 0) log_warning("no defective test images: AUROC and recall are not measured");
  return dataset;
}

}  // namespace vigie
