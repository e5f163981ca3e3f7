#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

namespace vigie::bench {

/// The C++ side of the protocol in worker.py: prints `facts`, then for every line with a number N on standard input
/// does the work N times and prints {"ms": [one per run]}; `after` runs outside the clock, once per line.
void serve(const nlohmann::json& facts, const std::function<void()>& work, const std::function<void()>& after = {});
/// The same for work that is timed by itself: `work(N)` returns the milliseconds of N runs.
void serve_runs(const nlohmann::json& facts, const std::function<std::vector<double>(int runs)>& work,
                const std::function<void()>& after = {});

}  // namespace vigie::bench
