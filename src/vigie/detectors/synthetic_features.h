#pragma once

#include <algorithm>
#include <map>

#include "vigie/core/random.h"
#include "vigie/detectors/detector.h"

namespace vigie {

/// Features kept in memory, given out in batches; for tests.
class StoredFeatures : public FeatureStream {
 public:
  StoredFeatures(Features all, std::int64_t batch) : all_(std::move(all)), batch_(batch) {}

  std::int64_t image_count() const override { return all_.front().dim(0); }
  ClassLabel label(std::int64_t) const override { return kGood; }
  void for_each(const std::function<void(const Features&, std::int64_t first)>& visit) const override {
    for (std::int64_t first = 0; first < image_count(); first += batch_)
      visit(images(first, std::min(first + batch_, image_count())), first);
  }
  Features images(std::int64_t begin, std::int64_t end) const {
    Features some;
    for (const Tensor& layer : all_) some.push_back(layer.rows(begin, end));
    return some;
  }
  const Features& all() const { return all_; }

 private:
  Features all_;
  std::int64_t batch_;
};

/// Features as a network of four stages might give them: a pattern fixed per cell plus noise that is drawn per image.
/// A defect changes the cells under rows 4–7, columns 4–7 of layer1's 16 x 16 grid.
inline Features synthetic_features(const std::vector<std::string>& layers, std::int64_t images, std::uint64_t seed,
                                   bool defect = false) {
  static const std::map<std::string, Shape> shapes = {
      {"input", {64, 64, 3}},  {"discriminator", {16, 16, 1}}, {"layer1", {16, 16, 12}},
      {"layer2", {8, 8, 16}},  {"layer3", {4, 4, 20}},         {"pool", {1, 1, 24}},
      {"teacher", {8, 8, 16}}, {"embedding", {1, 1, 16}},      {"latent", {1, 1, 24}}};
  Features out;
  for (const std::string& name : layers) {
    // A reconstruction shows the image as it would be without its defect.
    const bool inpainted = name.starts_with("reconstruction");
    // A student and an autoencoder say what their teacher would say of the part without its defect.
    const bool taught = name == "student" || name.ends_with("autoencoder");
    const bool again = name == "latent_again";  // of such a reconstruction
    const bool painted = inpainted || again || name == "student" || name == "autoencoder";
    const std::string shown = again ? "latent" : inpainted ? "input" : taught ? "teacher" : name;
    const bool judged = name == "discriminator";  // large where normal
    const bool latent = name.starts_with("z.");   // of a flow: a layer of its own on the grid of another
    const Shape& shape = shapes.at(latent ? name.substr(2) : shown);
    Random pattern(derive_seed(1, shown)), noise(derive_seed(seed, name));
    const std::int64_t per_image = count_of(shape), side = shape[0], channels = shape[2];
    std::vector<float> base;
    for (std::int64_t i = 0; i < per_image; ++i) base.push_back(judged ? 0.5F : static_cast<float>(pattern.normal()));
    const std::int64_t first = 4 * side / 16, last = 7 * side / 16;
    Tensor layer({images, shape[0], shape[1], channels});
    for (std::int64_t i = 0; i < layer.count(); ++i) {
      const std::int64_t cell = i % per_image / channels, y = cell / side, x = cell % side;
      const bool hit = defect && !painted && y >= first && y <= last && x >= first && x <= last;
      layer.data<float>()[i] = base[i % per_image] + static_cast<float>(0.1 * noise.normal()) +
                               (hit ? (i % 2 && !judged ? 2.0F : -2.0F) : 0.0F);
    }
    out.push_back(layer);
  }
  return out;
}

}  // namespace vigie
