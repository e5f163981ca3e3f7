#include "works.h"

#include <algorithm>
#include <iostream>

#include "vigie/data/dataset.h"
#include "vigie/decision/postprocess.h"
#include "vigie/engine/machine_limit.h"
#include "vigie/imaging/resize.h"
#include "vigie/pipeline/fit.h"
#include "vigie/pipeline/inspector.h"
#include "worker.h"

namespace vigie::bench {

namespace {

constexpr std::int64_t kPatches = 28 * 28, kDims = 512 + 1024;
constexpr std::int64_t kBankRows = 16'385;  // 10 % of 209 images: the bank of the comparison

/// PatchCore whose fit on `images` images gives exactly `rows` rows.
std::unique_ptr<Detector> make_patchcore(std::int64_t rows, std::int64_t images) {
  const double ratio = (static_cast<double>(rows) + 0.5) / static_cast<double>(images * kPatches);
  return detector_info("patchcore").create({{"coreset_ratio", std::min(ratio, 1.0)}});
}

nlohmann::json facts_of(const Engine& engine) {
  return {{"precision", name_of(engine.precision())},
          {"gflop", nn::flops_of(engine.graph(), {1, kSide, kSide, 3}) / 1e9}};
}

}  // namespace

std::unique_ptr<Detector> patchcore_with(const Tensor& bank, const Engine& engine, const Tensor& input) {
  auto detector = make_patchcore(1, 1);
  detector->fit(MemoryStream(input, engine), {});
  DetectorState state = detector->state();
  state.tensors["bank"] = bank;
  detector->set_state(state);
  return detector;
}

void time_backbone(const CompareOptions& options) {
  const Engine engine = open_engine(options);
  const Tensor input = stored_input(options.folder);
  nlohmann::json facts = facts_of(engine);
  facts["rms"] = fingerprint(engine.run(input));
  serve(facts, [&] { engine.run(input); });
}

void time_predict(const CompareOptions& options) {
  const Engine engine = open_engine(options);
  const Tensor input = stored_input(options.folder);
  const Tensor bank = read_rows(options.bank, kDims).rows(0, options.rows).clone();
  const auto detector = patchcore_with(bank, engine, input);
  RawResult raw;
  Tensor map;
  const auto predict = [&] {
    raw = std::move(detector->predict(engine.run(input)).front());
    map = input_map(raw.map, kSide, kSide, 4);
  };
  predict();
  nlohmann::json facts = facts_of(engine);
  facts["gflop"] = facts["gflop"].get<double>() + 2e-9 * static_cast<double>(kPatches * options.rows * kDims);
  facts["rows"] = options.rows;
  facts["score"] = raw.score;
  const auto values = std::as_const(map).values<float>();
  facts["map_max"] = *std::max_element(values.begin(), values.end());
  serve(facts, predict);
}

void time_fit(const CompareOptions& options) {
  const Engine engine = open_engine(options);
  const Engine exact_engine(stored_network(options.folder));
  const Tensor inputs = read_inputs(options.parts, options.images);
  const MemoryStream normals(inputs, engine), exact(inputs, exact_engine);
  FitContext context;
  if (options.exact_picks) context.exact = &exact;
  const std::int64_t rows = options.images == 208 ? kBankRows : options.images * kPatches / 10;
  std::unique_ptr<Detector> detector;
  nlohmann::json facts = facts_of(engine);
  facts["images"] = options.images;
  facts["rows"] = rows;
  serve(
      facts,
      [&] {
        detector = make_patchcore(rows, options.images);
        detector->fit(normals, context);
      },
      [&] { write_rows(options.bank, detector->state().tensors.at("bank")); });
}

void time_part(const CompareOptions& options) {
  const Dataset dataset = read_dataset(options.parts);
  FitOptions fit;
  fit.detector_options = {{"coreset_ratio", 0.01}};
  fit.backbone = "resnet18";
  fit.protocol = "paper";
  fit.precision = options.precision;
  const Inspector inspector(fit_model(dataset, fit, {}).model);
  const Tensor image = resize_antialiased(read_image(dataset.test().front().image), 900, 900);
  constexpr int kStageRuns = 50;
  StageTimes spent;
  for (int i = 0; i < kStageRuns; ++i) inspector.inspect(image, &spent);
  const auto mean = [](double sum) { return sum / kStageRuns; };
  const nlohmann::json stages = {{"resize", mean(spent.resize)},
                                 {"backbone", mean(spent.backbone)},
                                 {"detector", mean(spent.detector)},
                                 {"map", mean(spent.map)},
                                 {"decision", mean(spent.decision)}};
  serve({{"precision", name_of(inspector.stage().precision())}, {"images", dataset.name}, {"stages_ms", stages}},
        [&] { inspector.inspect(image); });
}

void print_limits() {
  nlohmann::json limits;
  for (const Precision precision : {Precision::F32, Precision::BF16, Precision::Int8})
    limits[std::string(name_of(precision))] = measure_limit(precision) / 1e9;
  std::cout << limits.dump() << std::endl;
}

}  // namespace vigie::bench
