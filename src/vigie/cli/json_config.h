#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace vigie::cli {

/// Options from a JSON object: {"detector": "padim", "max_fpr": 0.02, "set": ["padim.dims=50"]}. Keys are the flags' names, with '_' or '-'.
class JsonConfig : public CLI::Config {
 public:
  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;
  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return "{}"; }
};

}  // namespace vigie::cli
