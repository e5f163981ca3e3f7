#include "vigie/learn/torch_trainer.h"

#include <algorithm>

#include "vigie/core/log.h"
#include "vigie/core/random.h"
#include "vigie/learn/checkpoint.h"
#include "vigie/learn/distillation.h"
#include "vigie/learn/fingerprint.h"
#include "vigie/learn/loop.h"

namespace vigie::learn {

namespace {

const MethodInfo& method_info(const std::string& name) {
  const auto found = std::ranges::find(methods(), name, &MethodInfo::name);
  if (found == methods().end()) fail(ErrorKind::Internal, "learn", "'{}' has no training", name);
  return *found;
}

// Everything that decides the weights, one fact a line, so that a checkpoint of another run is told apart.
std::string identity(const TrainingRequest& request, Method& method) {
  std::string text = fmt::format("method {}\n{}seed {}\nimages {}\n", request.method,
                                 lines_of("option", request.options), request.seed, request.samples.size());
  std::vector<std::filesystem::path> files;
  for (const Sample& sample : request.samples) files.push_back(sample.image);
  text += fmt::format("files {:016x}\nother files {:016x}\n", fingerprint(files), method.other_inputs());
  text += lines_of("preprocess", json_from_preprocess(request.preprocess));
  text += fmt::format("backbone {:016x}\n", fingerprint(request.backbone));
  for (const auto& [name, network] : method.networks())
    text += fmt::format("network {} {:016x}\n", name, fnv1a(nn::json_from_graph(network->graph()).dump()));
  return text;
}

nlohmann::json settings_of(const TrainingRequest& request) {
  nlohmann::json settings = request.options;
  settings["method"] = request.method;
  settings["seed"] = request.seed;
  settings["images"] = request.samples.size();
  settings["height"] = request.preprocess.height;
  settings["width"] = request.preprocess.width;
  return settings;
}

class TorchTrainer : public Trainer {
 public:
  TrainingResult train(const TrainingRequest& request, const RunContext& context) const override {
    const MethodInfo& info = method_info(request.method);
    LoopSetup setup{.name = request.method,
                    .images = static_cast<std::int64_t>(request.samples.size()),
                    .validation_images = request.validation,
                    .validated = info.validated,
                    .options = info.training(request.options),
                    .seed = derive_seed(request.seed, "training"),
                    .run = {},
                    .checkpoint = request.checkpoint,
                    .checkpoint_seconds = request.checkpoint_seconds,
                    .resume = request.resume,
                    .log = request.log};
    check_setup(setup);
    const TrainingImages images(request.samples, request.preprocess, request.reading);
    const torch::Device device = training_device();
    make_deterministic(device);
    log_info("{}: training on {}", request.method, device.str());
    const auto method = info.make({request, images, device, context});
    setup.run = identity(request, *method);
    if (request.log != nullptr) request.log->params(settings_of(request));
    LoopResult result = learn::train(*method, setup, context);
    return {method->served(), std::move(result.history), result.earlier_seconds};
  }

  TrainingResult distill(const DistillRequest& request, const RunContext& context) const override {
    return learn::distill(request, context);
  }
};

}  // namespace

const Trainer& torch_trainer() {
  static const TorchTrainer trainer;
  return trainer;
}

}  // namespace vigie::learn
