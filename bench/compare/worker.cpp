#include "worker.h"

#include <chrono>
#include <iostream>

namespace vigie::bench {

void serve(const nlohmann::json& facts, const std::function<void()>& work, const std::function<void()>& after) {
  std::cout << facts.dump() << std::endl;
  for (int runs = 0; std::cin >> runs;) {
    nlohmann::json milliseconds = nlohmann::json::array();
    for (int i = 0; i < runs; ++i) {
      const auto start = std::chrono::steady_clock::now();
      work();
      milliseconds.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::cout << nlohmann::json{{"ms", milliseconds}}.dump() << std::endl;
    if (after) after();
  }
}

}  // namespace vigie::bench
