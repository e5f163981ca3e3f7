#include "worker.h"

#include <chrono>
#include <iostream>

namespace vigie::bench {

void serve_runs(const nlohmann::json& facts, const std::function<std::vector<double>(int runs)>& work,
                const std::function<void()>& after) {
  std::cout << facts.dump() << std::endl;
  for (int runs = 0; std::cin >> runs;) {
    std::cout << nlohmann::json{{"ms", work(runs)}}.dump() << std::endl;
    if (after) after();
  }
}

void serve(const nlohmann::json& facts, const std::function<void()>& work, const std::function<void()>& after) {
  const auto timed = [&](int runs) {
    std::vector<double> milliseconds;
    for (int i = 0; i < runs; ++i) {
      const auto start = std::chrono::steady_clock::now();
      work();
      milliseconds.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    return milliseconds;
  };
  serve_runs(facts, timed, after);
}

}  // namespace vigie::bench
