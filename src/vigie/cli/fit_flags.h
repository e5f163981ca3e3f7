#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "vigie/pipeline/fit.h"

namespace vigie::cli {

/// Flags that fit and benchmark share; they write into `options`, which must outlive the parse.
void add_fit_flags(CLI::App& app, FitOptions& options);

/// What "--precision" and "--precisions" take: f32, bf16, int8, auto.
CLI::Validator is_precision();

/// "--max-pixels": images larger than this are refused; "--bits": how many of 16 bits a camera uses.
void add_reading_flags(CLI::App& app, ImageReadOptions& options);

/// "--set [detector.]key=value" texts -> {"detector": {"key": value}}; a value that is not JSON is a text, "a,b" for a
/// list stays one JSON list when written ["a","b"]. Without a prefix the option goes to `default_detector`. Throws
/// InvalidArgument on a missing '=' or an unknown detector.
nlohmann::json options_from_set(const std::vector<std::string>& settings, const std::string& default_detector);

/// The same without detectors: "key=value" texts -> {"key": value}.
nlohmann::json object_from_set(const std::vector<std::string>& settings);

}  // namespace vigie::cli
