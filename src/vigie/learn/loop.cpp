#include "vigie/learn/loop.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "vigie/core/log.h"
#include "vigie/core/waiting.h"
#include "vigie/learn/checkpoint.h"
#include "vigie/learn/optimisers.h"
#include "vigie/learn/prefetch.h"
#include "vigie/learn/recorder.h"

namespace vigie::learn {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kMaxValidations = 100;
constexpr std::int64_t kHistograms = 10;  // per run: they are large

class Loop final : Step {
 public:
  Loop(Method& method, const LoopSetup& setup, const RunContext& context)
      : method_(method),
        setup_(setup),
        context_(context),
        networks_(method.networks()),
        split_(split_images(setup)),
        order_(split_.learn, setup.options.batch_size, derive_seed(setup.seed, "order")),
        steps_(setup.options.steps > 0 ? setup.options.steps : setup.options.epochs * order_.batches_per_epoch()),
        period_(std::max(order_.batches_per_epoch(), (steps_ + kMaxValidations - 1) / kMaxValidations)),
        recorder_(state_, setup.log) {
    for (const OptimiserSpec& spec : method.optimisers()) optimisers_.emplace_back(spec, setup.options);
    for (auto& [name, network] : networks_) network->set_mixed_precision(setup.options.number_format == "bf16");
    state_.run = setup.run;
    state_.history.images = static_cast<std::int64_t>(split_.learn.size());
    state_.history.validation = static_cast<std::int64_t>(split_.validate.size());
  }

  LoopResult run() {
    resume();
    try {
      take_steps();
    } catch (const Error& e) {
      if (e.kind() == ErrorKind::Cancelled) leave_checkpoint();
      throw;
    }
    state_.history.steps = state_.step;
    (void)save();
    keep_best();
    return {state_.history, earlier_seconds_};
  }

 private:
  void take_steps() {
    Prefetch batches(method_, order_, setup_.seed, steps_);
    Progress progress(context_, setup_.name, steps_ - state_.step);
    while (state_.step < steps_ && !state_.history.stopped_early) {
      take_step(batches.take(state_.step));
      ++state_.step;
      if (state_.step % period_ == 0 || state_.step == steps_) validate();
      if (std::chrono::duration<double>(Clock::now() - saved_).count() >= setup_.checkpoint_seconds) (void)save();
      progress.set_task(fmt::format("{}: loss {:.4g}", setup_.name, last_loss_));
      progress.advance();  // notices a stop request
    }
  }

  // Step: what the method may do.
  void minimise(const std::vector<std::size_t>& optimisers, const torch::Tensor& loss,
                const std::string& name) override {
    check_finite(loss.item<double>(), name);
    for (const std::size_t i : optimisers) optimisers_.at(i).clear_gradients();
    loss.backward();
    for (const std::size_t i : optimisers)
      if (!optimisers_[i].clip_gradients()) stop_at("the gradient of '{}' is not finite", name);
    const double progress = static_cast<double>(state_.step) / static_cast<double>(steps_);
    for (const std::size_t i : optimisers) optimisers_[i].move(progress);
    record(loss, name);
  }
  void record(const torch::Tensor& value, const std::string& name) override {
    last_loss_ = value.item<double>();
    recorder_.add(name, state_.step, last_loss_);
  }
  std::int64_t number() const override { return state_.step; }
  std::int64_t total() const override { return steps_; }

  void check_finite(double loss, const std::string& name) const {
    if (!std::isfinite(loss)) stop_at("the loss '{}' is {}", name, loss);
  }

  template <typename... Args>
  [[noreturn]] void stop_at(fmt::format_string<Args...> what, Args&&... args) const {
    fail(ErrorKind::Internal, setup_.name, "{} at step {} of {}; a smaller learning_rate may help{}",
         fmt::format(what, std::forward<Args>(args)...), state_.step, steps_,
         on_disk_ ? fmt::format(" ({} holds the last good state)", setup_.checkpoint.string()) : "");
  }

  void take_step(const Batch& batch) {
    set_training(true);
    choose_waiting();
    // The device's generator, for noise that a method draws while it learns.
    torch::manual_seed(derive_seed(setup_.seed, fmt::format("step {}", state_.step)));
    method_.step(batch, *this);
  }

  void set_training(bool training) {
    for (auto& [name, network] : networks_) network->set_training(training);
  }

  void validate() {
    recorder_.close(state_.step);
    set_training(false);
    const torch::NoGradGuard no_gradients;
    show();
    if (!setup_.validated) {
      state_.history.best_step = state_.step;
      return;
    }
    double sum = 0;
    const std::int64_t count = static_cast<std::int64_t>(split_.validate.size());
    for (std::int64_t first = 0; first < count; first += setup_.options.batch_size) {
      const Batch batch = fixed_batch(split_.validate, first);
      sum += method_.validation_loss(batch) * static_cast<double>(batch.images.size());
    }
    const double loss = sum / static_cast<double>(count);
    check_finite(loss, "validation");
    recorder_.validated(state_.step, loss);
    judge(loss);
  }

  Batch fixed_batch(const std::vector<std::int64_t>& from, std::int64_t first) const {
    const auto begin = from.begin() + first;
    const auto left = from.end() - begin;
    const std::vector<std::int64_t> images(begin, begin + std::min<std::int64_t>(left, setup_.options.batch_size));
    return method_.make_batch(images, derive_seed(setup_.seed, fmt::format("validation {}", first)), false);
  }

  void judge(double loss) {
    if (loss < state_.best_loss) {
      state_.best_loss = loss;
      state_.history.best_step = state_.step;
      state_.waited = 0;
      state_.best = values();
      return;
    }
    ++state_.waited;
    state_.history.stopped_early = setup_.options.patience > 0 && state_.waited >= setup_.options.patience;
  }

  void show() {
    if (setup_.log == nullptr) return;
    method_.show(fixed_batch(split_.validate.empty() ? split_.learn : split_.validate, 0), state_.step, *setup_.log);
    if (state_.step * kHistograms / steps_ == (state_.step - period_) * kHistograms / steps_) return;
    for (const auto& [owner, network] : networks_) {
      for (const auto& [name, value] : network->values()) {
        const Tensor weights = tensor_from_torch(value);
        setup_.log->histogram(owner + "/" + name, state_.step, weights.values<float>());
      }
    }
  }

  // Checkpoints.
  TensorMap values() const {
    TensorMap out;
    for (const auto& [owner, network] : networks_)
      for (auto& [name, weight] : network->network().weights) out[owner + "/" + name] = weight;
    return out;
  }

  void set_values(const TensorMap& values) {
    const torch::NoGradGuard no_gradients;
    for (const auto& [owner, network] : networks_) {
      for (const auto& [name, value] : network->values()) {
        const auto found = values.find(owner + "/" + name);
        if (found == values.end() || found->second.dtype() != DType::F32 || found->second.count() != value.numel())
          fail(ErrorKind::BadFile, "checkpoint", "{}: '{}/{}' is missing or of another type or size",
               setup_.checkpoint.string(), owner, name);
        const auto weights = torch::from_blob(Tensor(found->second).raw(), value.sizes(), torch::kFloat32);
        torch::Tensor(value).copy_(weights);
      }
    }
  }

  void resume() {
    if (!setup_.resume || setup_.checkpoint.empty() || !std::filesystem::exists(setup_.checkpoint)) return;
    state_ = load_checkpoint(setup_.checkpoint, setup_.run);
    set_values(state_.values);
    if (state_.optimisers.size() != optimisers_.size())
      fail(ErrorKind::BadFile, "checkpoint", "{}: {} optimisers, {} needed", setup_.checkpoint.string(),
           state_.optimisers.size(), optimisers_.size());
    for (std::size_t i = 0; i < optimisers_.size(); ++i) optimisers_[i].set_state(state_.optimisers[i]);
    on_disk_ = true;
    earlier_seconds_ = state_.seconds;
    log_info("{}: going on at step {} of {}", setup_.name, state_.step, steps_);
  }

  /// False when there is no checkpoint of this state: none is wanted, or it could not be written.
  bool save() {
    const auto now = Clock::now();
    state_.seconds += std::chrono::duration<double>(now - saved_).count();
    saved_ = now;
    if (setup_.checkpoint.empty()) return false;
    state_.values = values();
    state_.optimisers.clear();
    for (const Optimiser& optimiser : optimisers_) state_.optimisers.push_back(optimiser.state());
    try {
      save_checkpoint(setup_.checkpoint, state_);
      on_disk_ = true;
      return true;
    } catch (const Error& e) {
      log_warning("no checkpoint of step {}: {}{}", state_.step, e.what(), on_disk_ ? "; the one before stays" : "");
      return false;
    }
  }

  void leave_checkpoint() {
    if (save())
      log_info("{}: stopped at step {} of {}; --resume goes on from {}", setup_.name, state_.step, steps_,
               setup_.checkpoint.string());
  }

  void keep_best() {
    if (!state_.best.empty()) set_values(state_.best);
    set_training(false);
    for (auto& [name, network] : networks_) network->set_mixed_precision(false);
  }

  Method& method_;
  const LoopSetup& setup_;
  const RunContext& context_;
  std::vector<std::pair<std::string, GraphModule*>> networks_;
  ImageSplit split_;
  ImageOrder order_;
  std::int64_t steps_, period_;
  Checkpoint state_;
  std::vector<Optimiser> optimisers_;
  Recorder recorder_;
  double last_loss_ = 0;
  double earlier_seconds_ = 0;
  bool on_disk_ = false;  // a checkpoint of this run
  Clock::time_point saved_ = Clock::now();
};

}  // namespace

ImageSplit split_images(const LoopSetup& setup) {
  const double share = setup.options.validation;
  const std::int64_t given = setup.validation_images;
  const std::int64_t drawn = std::max<std::int64_t>(1, std::llround(share * static_cast<double>(setup.images)));
  const std::int64_t kept = given > 0 ? given : setup.validated ? drawn : 0;
  VIGIE_CHECK(setup.images - kept >= 2, setup.name,
              "{} good image(s), of which {} would validate (validation = {}): at least 2 must be left to learn from",
              setup.images, kept, share);
  std::vector<std::int64_t> order(static_cast<std::size_t>(setup.images));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  if (given == 0) order = Random(derive_seed(setup.seed, "validation")).permutation(setup.images);
  const auto cut = order.end() - kept;
  ImageSplit split{{order.begin(), cut}, {cut, order.end()}};
  std::ranges::sort(split.learn);
  std::ranges::sort(split.validate);
  return split;
}

void check_setup(const LoopSetup& setup) {
  (void)split_images(setup);
  VIGIE_CHECK(setup.resume || setup.checkpoint.empty() || !std::filesystem::exists(setup.checkpoint), setup.name,
              "{} holds a training that was stopped: --resume goes on from it; delete it to begin anew",
              setup.checkpoint.string());
}

LoopResult train(Method& method, const LoopSetup& setup, const RunContext& context) {
  torch::set_num_threads(thread_budget());
  return Loop(method, setup, context).run();
}

}  // namespace vigie::learn
