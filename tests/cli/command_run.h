#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace vigie::cli_test {

struct Outcome {
  int code = 0;  ///< exit code; 128 + signal when killed
  std::string out, err;
};

/// Runs the real command with these arguments; `input` becomes its standard input. `environment` entries "NAME=value"
/// are added. SIGINT is sent as soon as the file
/// `interrupt_when` exists (empty: never).
Outcome run_vigie(const std::vector<std::string>& arguments, const std::string& input = "",
                  const std::vector<std::string>& environment = {}, const std::filesystem::path& interrupt_when = {});

/// The last line of a text, without its end.
std::string last_line(const std::string& text);

/// The exit code, and one last line "error: …" with all fragments.
void expect_error(const Outcome& outcome, int code, const std::vector<std::string>& fragments);

/// An empty folder of this test's own.
std::filesystem::path fresh_folder(const std::string& name);

/// A small demo product (turned_part, 64 px) made once per test program.
std::filesystem::path demo_part();

/// A model fitted on demo_part() with the filters backbone, made once.
std::filesystem::path demo_model();

/// Files below a folder, sorted, relative.
std::vector<std::string> files_below(const std::filesystem::path& folder);

}  // namespace vigie::cli_test
