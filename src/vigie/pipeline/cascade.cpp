#include "vigie/pipeline/cascade.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "vigie/core/error.h"

namespace vigie {

namespace {

std::string unique_name(const std::string& name, const std::vector<Stage>& stages) {
  const auto taken = [&](const std::string& text) {
    return std::any_of(stages.begin(), stages.end(), [&](const Stage& stage) { return stage.name == text; });
  };
  std::string out = name;
  for (int number = 2; taken(out); ++number) out = fmt::format("{}-{}", name, number);
  return out;
}

void check_alike(const Model& first, const Model& other) {
  VIGIE_CHECK(first.protocol == other.protocol, "cascade", "one model follows the protocol {}, another {}",
              first.protocol, other.protocol);
  const int a = first.stages.front().preprocess.bits, b = other.stages.front().preprocess.bits;
  VIGIE_CHECK(a == b, "cascade", "one model reads pictures of {} bits, another of {}; fit both with the same 'bits'",
              a == 0 ? 8 : a, b == 0 ? 8 : b);
}

nlohmann::json provenance_of(const std::vector<Model>& models) {
  std::set<std::string> seen;
  nlohmann::json out = {{"stages", nlohmann::json::array()}};
  for (const Model& model : models) {
    nlohmann::json own = model.provenance;
    for (const auto& hash : own.at("image_hashes")) seen.insert(hash.get<std::string>());
    own.erase("image_hashes");
    if (own.contains("training_set") && !out.contains("training_set")) out["training_set"] = own["training_set"];
    out["stages"].push_back(std::move(own));
  }
  out["image_hashes"] = seen;
  return out;
}

}  // namespace

Model cascade_of(const std::vector<Model>& models) {
  VIGIE_CHECK(models.size() >= 2, "cascade", "{} model(s) given; a cascade is made of two or more", models.size());
  Model out;
  out.protocol = models.front().protocol;
  out.stages.clear();
  for (const Model& model : models) {
    check_alike(models.front(), model);
    for (Stage stage : model.stages) {
      stage.name = unique_name(stage.name, out.stages);
      out.stages.push_back(std::move(stage));
    }
  }
  VIGIE_CHECK(out.stages.size() <= kMostStages, "cascade", "{} stages are more than the {} that a model may have",
              out.stages.size(), kMostStages);
  out.provenance = provenance_of(models);
  return out;
}

}  // namespace vigie
