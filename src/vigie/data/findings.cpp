#include "vigie/data/findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "vigie/core/text.h"

namespace vigie {

namespace {

std::string name_under(const std::filesystem::path& root, const std::filesystem::path& file) {
  return utf8_name(file.lexically_proximate(root));
}

}  // namespace

void Findings::Counter::count(const std::filesystem::path& file, const std::string& reason) {
  const std::string name = name_under(*root_, file);
  count(reason.empty() ? name : fmt::format("{}: {}", name, reason));
}

void Findings::Counter::count(const std::string& example) {
  ++files_;
  examples_.push_back(example);
}

Findings::Counter& Findings::add(Finding::Severity severity, std::string what, std::string one, std::string many) {
  Counter& counter = counters_.emplace_back();
  counter.root_ = &root_;
  counter.severity_ = severity;
  counter.what_ = std::move(what);
  counter.one_ = std::move(one);
  counter.many_ = std::move(many);
  return counter;
}

void Findings::note(Finding::Severity severity, std::string what) {
  Counter& counter = add(severity, std::move(what), "", "");
  counter.files_ = 1;
}

std::vector<Finding> Findings::worst_first() const {
  std::vector<Finding> findings;
  for (const Counter& counter : counters_) {
    if (counter.files_ == 0) continue;
    std::string what = counter.what_;
    if (const auto gap = what.find("{}"); gap != std::string::npos && !counter.one_.empty())
      what.replace(gap, 2, fmt::format("{} {}", counter.files_, counter.files_ == 1 ? counter.one_ : counter.many_));
    findings.push_back({counter.severity_, std::move(what), counter.examples_});
  }
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  return findings;
}

std::string Findings::name_of(const std::filesystem::path& file) const {
  return name_under(root_, file);
}

}  // namespace vigie
