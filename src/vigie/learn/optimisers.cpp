#include "vigie/learn/optimisers.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <sstream>

namespace vigie::learn {

namespace {

std::unique_ptr<torch::optim::Optimizer> make_optimiser(const OptimiserSpec& spec) {
  const auto betas = std::make_tuple(spec.beta1, spec.beta2);
  switch (spec.kind) {
    case OptimiserSpec::Kind::Adam:
      return std::make_unique<torch::optim::Adam>(
          spec.parameters, torch::optim::AdamOptions(spec.learning_rate).betas(betas).weight_decay(spec.weight_decay));
    case OptimiserSpec::Kind::AdamW:
      return std::make_unique<torch::optim::AdamW>(
          spec.parameters, torch::optim::AdamWOptions(spec.learning_rate).betas(betas).weight_decay(spec.weight_decay));
    case OptimiserSpec::Kind::Sgd:
      return std::make_unique<torch::optim::SGD>(
          spec.parameters,
          torch::optim::SGDOptions(spec.learning_rate).momentum(spec.beta1).weight_decay(spec.weight_decay));
  }
  fail(ErrorKind::Internal, "learn", "an optimiser of no kind");
}

}  // namespace

double schedule_factor(const std::string& schedule, double progress) {
  constexpr double kDropAt = 0.95, kDropTo = 0.1;
  if (schedule == "cosine") return 0.5 * (1 + std::cos(std::numbers::pi * progress));
  if (schedule == "step") return progress < kDropAt ? 1 : kDropTo;
  return 1;
}

Optimiser::Optimiser(const OptimiserSpec& spec, const TrainingOptions& options)
    : spec_(spec), schedule_(options.schedule), clip_norm_(options.clip_norm), optimiser_(make_optimiser(spec)) {}

void Optimiser::clear_gradients() {
  optimiser_->zero_grad();
}

bool Optimiser::clip_gradients() {
  constexpr double kUnclipped = std::numeric_limits<double>::infinity();
  return std::isfinite(torch::nn::utils::clip_grad_norm_(spec_.parameters, clip_norm_ > 0 ? clip_norm_ : kUnclipped));
}

void Optimiser::move(double progress) {
  const double rate = spec_.learning_rate * schedule_factor(schedule_, progress);
  for (auto& group : optimiser_->param_groups()) group.options().set_lr(rate);
  optimiser_->step();
}

Tensor Optimiser::state() const {
  std::ostringstream stream;
  torch::save(*optimiser_, stream);
  const std::string bytes = stream.str();
  Tensor out({static_cast<std::int64_t>(bytes.size())}, DType::U8);
  std::memcpy(out.raw(), bytes.data(), bytes.size());
  return out;
}

void Optimiser::set_state(const Tensor& bytes) {
  std::istringstream stream(std::string(static_cast<const char*>(bytes.raw()), bytes.bytes()));
  try {
    torch::load(*optimiser_, stream);
  } catch (const c10::Error& e) {
    fail(ErrorKind::BadFile, "checkpoint", "the state of an optimiser cannot be read ({})", e.what_without_backtrace());
  }
}

}  // namespace vigie::learn
