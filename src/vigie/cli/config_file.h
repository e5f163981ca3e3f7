#pragma once

#include <string>
#include <vector>

namespace vigie::cli {

/// Replaces "--config FILE" (or "--config=FILE") among the arguments by the flags of that JSON object:
/// {"detector": "padim", "max_fpr": 0.02, "set": ["padim.dims=50"]} becomes --detector padim --max-fpr 0.02 --set
/// padim.dims=50. Keys are the flags' names, with
/// '_' or '-'; true stands for a bare flag, false for none. A flag given on the command line wins.
/// Throws NotFound, BadFile (not a JSON object, or a value that is an object).
std::vector<std::string> expand_config(const std::vector<std::string>& arguments);

/// The file that expand_config() would read; empty without --config.
std::string config_path(const std::vector<std::string>& arguments);

}  // namespace vigie::cli
