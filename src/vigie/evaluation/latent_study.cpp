#include "vigie/evaluation/latent_study.h"

#include <algorithm>

#include "vigie/evaluation/evaluation_json.h"
#include "vigie/evaluation/format.h"

namespace vigie {
namespace {

using nlohmann::json;

json json_from_retained(const std::vector<RetainedComponents>& retained) {
  json list = json::array();
  for (const RetainedComponents& at : retained)
    list.push_back({{"components", at.kept},
                    {"largest_auroc", number_or_null(at.largest)},
                    {"smallest_auroc", number_or_null(at.smallest)}});
  return list;
}

json json_from_corruptions(const std::vector<CorruptionEffect>& effects) {
  json list = json::array();
  for (const CorruptionEffect& effect : effects)
    list.push_back({{"corruption", effect.corruption},
                    {"displacement", number_or_null(effect.displacement)},
                    {"gaussian_auroc", number_or_null(effect.gaussian_auroc)}});
  return list;
}

json json_from_overlap(const NeighbourOverlap& overlap) {
  return {{"neighbours", overlap.neighbours},
          {"good_near_defects", number_or_null(overlap.defects)},
          {"good_near_defects_by_chance", number_or_null(overlap.defects_chance)},
          {"good_near_good", number_or_null(overlap.good)},
          {"good_near_good_by_chance", number_or_null(overlap.good_chance)}};
}

json json_from_space(const LatentSpace& space) {
  return {{"model", space.model},
          {"layer", space.layer},
          {"dims", space.dims},
          {"gaussian_auroc", number_or_null(space.gaussian_auroc)},
          {"knn_auroc", number_or_null(space.knn_auroc)},
          {"two_nn_dimension", number_or_null(space.two_nn)},
          {"levina_bickel_dimension", number_or_null(space.levina_bickel)},
          {"variance_shares", space.variance_shares},
          {"components_90", space.components_for(0.90)},
          {"components_95", space.components_for(0.95)},
          {"components_99", space.components_for(0.99)},
          {"retained", json_from_retained(space.retained)},
          {"outside_auroc", number_or_null(space.outside_auroc)},
          {"overlap", json_from_overlap(space.overlap)},
          {"corruptions", json_from_corruptions(space.corruptions)}};
}

}  // namespace

std::int64_t LatentSpace::components_for(double share) const {
  double kept = 0;
  std::int64_t count = 0;
  // Sums of shares end a rounding error below 1.
  while (count < static_cast<std::int64_t>(variance_shares.size()) && kept < share - 1e-12)
    kept += variance_shares[static_cast<std::size_t>(count++)];
  return count;
}

double LatentSpace::mean_displacement() const {
  double sum = 0;
  for (const CorruptionEffect& effect : corruptions) sum += effect.displacement;
  return sum / static_cast<double>(corruptions.size());
}

json json_from_latent_study(const LatentStudy& study) {
  json spaces = json::array();
  for (const LatentSpace& space : study.spaces) spaces.push_back(json_from_space(space));
  return {{"data", study.dataset},        {"normals", study.normals},
          {"test_good", study.test_good}, {"test_defective", study.test_defective},
          {"severity", study.severity},   {"spaces", std::move(spaces)}};
}

std::string table_from_latent_study(const LatentStudy& study) {
  std::size_t width = 5;
  for (const LatentSpace& space : study.spaces) width = std::max(width, space.model.size() + space.layer.size() + 1);
  std::string text =
      fmt::format("{:<{}} {:>6} {:>9} {:>7} {:>7} {:>7} {:>5} {:>12} {:>10} {:>12}\n", "space", width, "dims",
                  "Gaussian", "K-NN", "TwoNN", "MLE", "90%", "near defect", "(chance)", "displacement");
  for (const LatentSpace& space : study.spaces)
    text += fmt::format("{:<{}} {:>6} {:>9} {:>7} {:>7} {:>7} {:>5} {:>12} {:>10} {:>12}\n",
                        space.model + "/" + space.layer, width, space.dims, format_number(space.gaussian_auroc, 4),
                        format_number(space.knn_auroc, 4), format_number(space.two_nn, 1),
                        format_number(space.levina_bickel, 1), space.components_for(0.9),
                        format_number(space.overlap.defects, 3), format_number(space.overlap.defects_chance, 3),
                        format_number(space.mean_displacement(), 3));
  return text +
         "Gaussian, K-NN: AUROC on test images. TwoNN, MLE: intrinsic dimension. 90%: components that hold that share\n"
         "of the variance. near defect: share of good images among a defect's neighbours. displacement: mean over\n"
         "corruptions, 1 = the distance between normals.\n";
}

}  // namespace vigie
