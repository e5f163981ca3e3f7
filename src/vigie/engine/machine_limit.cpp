#include "vigie/engine/machine_limit.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "vigie/core/threads.h"
#include "vigie/engine/onednn.h"

namespace vigie {

namespace {

using Type = dnnl::memory::data_type;

struct Types {
  Type left, right, result;
};

Types types_of(Precision precision) {
  switch (precision) {
    case Precision::BF16:
      return {Type::bf16, Type::bf16, Type::f32};
    case Precision::Int8:
      return {Type::u8, Type::s8, Type::s32};
    default:
      return {Type::f32, Type::f32, Type::f32};
  }
}

dnnl::memory zeros(const dnnl::memory::desc& desc, const dnnl::engine& cpu) {
  dnnl::memory memory(desc, cpu);
  std::memset(memory.get_data_handle(), 0, desc.get_size());
  return memory;
}

}  // namespace

double measure_limit(Precision precision) {
  if (!runs_here(precision)) return 0;
  constexpr std::int64_t kSide = 2048;
  using Tag = dnnl::memory::format_tag;
  adopt_thread_budget();
  const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  dnnl::stream stream(cpu);
  const Types types = types_of(precision);
  const dnnl::memory::dims square{kSide, kSide};
  using Desc = dnnl::memory::desc;
  const auto description =
      engine::onednn::describe<dnnl::matmul>(cpu, {}, Desc(square, types.left, Tag::ab),
                                             Desc(square, types.right, Tag::any), Desc(square, types.result, Tag::ab));
  const dnnl::matmul product(description);
  const dnnl::memory left = zeros(description.src_desc(), cpu), right = zeros(description.weights_desc(), cpu),
                     result = zeros(description.dst_desc(), cpu);
  double best = 0;
  for (int run = 0; run < 10; ++run) {  // the first one warms up
    const auto start = std::chrono::steady_clock::now();
    product.execute(stream, {{DNNL_ARG_SRC, left}, {DNNL_ARG_WEIGHTS, right}, {DNNL_ARG_DST, result}});
    stream.wait();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (run > 0) best = std::max(best, 2.0 * kSide * kSide * kSide / seconds);
  }
  return best;
}

}  // namespace vigie
