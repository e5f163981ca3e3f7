#include "vigie/demo/sample.h"

#include "vigie/core/random.h"
#include "vigie/demo/camera.h"
#include "vigie/demo/noise.h"

namespace vigie::demo {

namespace {

// Of a gamma-encoded channel; about two standard deviations of the camera noise.
constexpr float kVisible = 4.0F / 255;
constexpr int kAttempts = 12;

Tensor light_of(const Product& product, std::uint64_t seed, const Defect& defect, const Camera& camera,
                std::int64_t size) {
  Canvas canvas(size);
  product.paint(canvas, derive_seed(seed, "part"), defect);
  return expose(canvas.resolve(), camera);
}

bool visibly_different(const float* a, const float* b) {
  for (int c = 0; c < 3; ++c)
    if (std::abs(encode_gamma(a[c]) - encode_gamma(b[c])) > kVisible) return true;
  return false;
}

Tensor changed_pixels(const Tensor& clean, const Tensor& defective) {
  Tensor mask({clean.dim(0), clean.dim(1)}, DType::U8);
  const float* a = clean.data<float>();
  const float* b = defective.data<float>();
  for (std::uint8_t& value : mask.values<std::uint8_t>()) {
    const bool equal = a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
    value = !equal && visibly_different(a, b) ? 255 : 0;
    a += 3;
    b += 3;
  }
  return mask;
}

// Each pixel becomes the largest (grow) or smallest value of its 3x3 neighbourhood; outside the picture nothing counts.
Tensor neighbourhood(const Tensor& mask, bool grow) {
  const std::int64_t height = mask.dim(0);
  const std::int64_t width = mask.dim(1);
  Tensor result({height, width}, DType::U8);
  const std::uint8_t* in = mask.data<std::uint8_t>();
  std::uint8_t* out = result.data<std::uint8_t>();
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x) {
      std::uint8_t best = in[y * width + x];
      for (std::int64_t v = std::max<std::int64_t>(y - 1, 0); v <= std::min(y + 1, height - 1); ++v)
        for (std::int64_t u = std::max<std::int64_t>(x - 1, 0); u <= std::min(x + 1, width - 1); ++u)
          best = grow ? std::max(best, in[v * width + u]) : std::min(best, in[v * width + u]);
      out[y * width + x] = best;
    }
  return result;
}

// Closing: the thin lines inside a defect where the change passes through zero belong to it.
Tensor closed(const Tensor& mask) {
  return neighbourhood(neighbourhood(mask, true), false);
}

std::int64_t pixels_in(const Tensor& mask) {
  std::int64_t count = 0;
  for (const std::uint8_t value : mask.values<std::uint8_t>()) count += value != 0;
  return count;
}

// What the defect changed too little to be seen is taken back, which makes the mask exact.
void keep_only_inside(Tensor& defective, const Tensor& clean, const Tensor& mask) {
  const auto inside = mask.values<std::uint8_t>();
  float* out = defective.data<float>();
  const float* in = clean.data<float>();
  for (std::size_t i = 0; i < inside.size(); ++i)
    if (inside[i] == 0) std::copy_n(in + 3 * i, 3, out + 3 * i);
}

}  // namespace

const std::vector<Product>& all_products() {
  static const std::vector<Product> products = {
      {"turned_part", {"scratch", "dent", "edge_chip", "stain", "blocked_hole"}, paint_turned_part},
      {"woven_fabric", {"broken_thread", "thick_yarn", "stain", "hole", "colour_thread"}, paint_woven_fabric},
      {"circuit_board",
       {"missing_component", "shifted_component", "solder_bridge", "scratch", "wrong_polarity", "foreign_particle"},
       paint_circuit_board},
  };
  return products;
}

LabelledImage draw_image(const Product& product, std::string_view defect, std::uint64_t seed, std::int64_t size) {
  Random camera_random(derive_seed(seed, "camera"));
  const Camera camera = random_camera(camera_random);
  const Tensor clean = light_of(product, seed, {}, camera, size);
  if (defect == "good") return {develop(clean, camera), Tensor::zeros({size, size}, DType::U8)};

  Random random(derive_seed(seed, "defect"));
  const float severity = uniform(random, 0, 1);
  const float pixel = 2.0F / static_cast<float>(size);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const float stronger = mix(severity, 1, static_cast<float>(attempt) / (kAttempts - 1));
    Tensor defective = light_of(product, seed, {std::string(defect), random.next(), stronger, pixel}, camera, size);
    const Tensor mask = closed(changed_pixels(clean, defective));
    if (pixels_in(mask) < kSmallestMask) continue;  // hidden in a shadow, or too faint: another one, stronger
    keep_only_inside(defective, clean, mask);
    return {develop(defective, camera), mask};
  }
  fail(ErrorKind::Internal, "draw_image", "no visible {} on {} with seed {} at {} pixels", defect, product.name, seed,
       size);
}

}  // namespace vigie::demo
