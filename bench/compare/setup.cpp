#include "setup.h"

#include <cmath>
#include <cstring>
#include <fstream>

#include "vigie/backbones/backbone.h"
#include "vigie/data/dataset.h"
#include "vigie/engine/quantise.h"
#include "vigie/imaging/preprocess.h"
#include "vigie/io/torch_checkpoint.h"
#include "vigie/pipeline/image_features.h"

namespace vigie::bench {

Tensor read_inputs(const std::filesystem::path& parts, std::int64_t count) {
  const Dataset dataset = read_dataset(parts);
  const auto samples = dataset.normals();
  VIGIE_CHECK(std::ssize(samples) >= count, "read_inputs", "{} has {} training images, {} wanted", parts.string(),
              samples.size(), count);
  Tensor inputs({count, kSide, kSide, 3});
  for_each_batch(samples.first(static_cast<std::size_t>(count)), Preprocess::paper(), {}, kBatch,
                 [&](const Tensor& batch, std::int64_t first) {
                   std::memcpy(inputs.rows(first, first + batch.dim(0)).raw(), batch.raw(), batch.bytes());
                 });
  return inputs;
}

Tensor read_rows(const std::filesystem::path& path, std::int64_t dims) {
  std::ifstream file(path, std::ios::binary);
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(path));
  VIGIE_CHECK(bytes > 0 && bytes % (4 * dims) == 0, "read_rows", "{} does not hold rows of {} floats", path.string(),
              dims);
  Tensor rows({bytes / (4 * dims), dims});
  file.read(static_cast<char*>(rows.raw()), bytes);
  VIGIE_CHECK(file.good(), "read_rows", "cannot read {}", path.string());
  return rows;
}

void write_rows(const std::filesystem::path& path, const Tensor& rows) {
  std::ofstream file(path, std::ios::binary);
  file.write(static_cast<const char*>(rows.raw()), static_cast<std::streamsize>(rows.bytes()));
  VIGIE_CHECK(file.good(), "write_rows", "cannot write {}", path.string());
}

Tensor stored_input(const std::filesystem::path& folder) {
  const Tensor planes = read_rows(folder / "input.f32", kSide * kSide);  // [3 H·W]
  Tensor input({1, kSide, kSide, 3});
  for (std::int64_t c = 0; c < 3; ++c)
    for (std::int64_t i = 0; i < kSide * kSide; ++i)
      input.data<float>()[i * 3 + c] = planes.data<float>()[c * kSide * kSide + i];
  return input;
}

nn::Network stored_network(const std::filesystem::path& folder, const std::string& name) {
  const nn::Graph whole = backbone_info(name).graph();
  nn::Network network{nn::select_outputs(whole, {"layer2", "layer3"}), {}};
  const TensorMap weights = read_torch_checkpoint(folder / (name + ".pth"));
  for (const auto& [key, shape] : nn::parameter_shapes(network.graph)) network.weights[key] = weights.at(key);
  return nn::fold_batch_norms(network);
}

Engine engine_for(const nn::Network& network, Precision wanted, const Tensor& normals) {
  EngineOptions options{runnable(wanted), {}};
  const InputStream stream = [&](const std::function<void(const Tensor&)>& visit) {
    for (std::int64_t i = 0; i < normals.dim(0); i += kBatch) visit(normals.rows(i, i + kBatch));
  };
  if (options.precision == Precision::Int8) options.quantisation = quantise(network, stream, {}, {});
  return Engine(network, options);
}

Engine open_engine(const CompareOptions& options) {
  const Precision wanted = precision_from_name(options.precision);
  return engine_for(stored_network(options.folder, options.network), wanted, read_inputs(options.parts, 2 * kBatch));
}

void MemoryStream::for_each(const std::function<void(const Features&, std::int64_t first)>& visit) const {
  for (std::int64_t first = 0; first < image_count(); first += kBatch)
    visit(engine_.run(inputs_.rows(first, std::min(first + kBatch, image_count()))), first);
}

nlohmann::json fingerprint(const std::vector<Tensor>& outputs) {
  nlohmann::json out = nlohmann::json::array();
  for (const Tensor& output : outputs) {
    double sum = 0;
    for (const float x : output.values<float>()) sum += static_cast<double>(x) * x;
    out.push_back(std::sqrt(sum / static_cast<double>(output.count())));
  }
  return out;
}

}  // namespace vigie::bench
