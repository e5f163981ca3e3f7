// Speed of the parts that matter, each as a ratio to an obvious peer measured in the same run: the machine may be busy,
// the ratio stays.
#include <fmt/format.h>

#include "bench.h"
#include "vigie/core/threads.h"

int main() {
  fmt::print("threads: {}\n\n", vigie::thread_budget());
  vigie::bench::bench_engine();
  vigie::bench::bench_imaging();
  vigie::bench::bench_search();
  vigie::bench::bench_metrics();
  return 0;
}
