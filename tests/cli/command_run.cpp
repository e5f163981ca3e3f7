#include "cli/command_run.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "vigie/io/file.h"

namespace vigie::cli_test {

namespace fs = std::filesystem;

namespace {

// Removes the test program's folders when it ends.
struct Leftovers {
  std::vector<fs::path> folders;
  ~Leftovers() {
    std::error_code ignored;
    for (const fs::path& folder : folders) fs::remove_all(folder, ignored);
  }
};

[[noreturn]] void become_vigie(const fs::path& work, const std::vector<std::string>& arguments,
                               const std::vector<std::string>& environment) {
  const auto redirect = [](const fs::path& path, int flags, int to) { dup2(open(path.c_str(), flags, 0644), to); };
  redirect(work / "in", O_RDONLY, 0);
  redirect(work / "out", O_WRONLY | O_CREAT | O_TRUNC, 1);
  redirect(work / "err", O_WRONLY | O_CREAT | O_TRUNC, 2);
  for (const std::string& entry : environment) putenv(const_cast<char*>(entry.c_str()));
  std::vector<char*> argv = {const_cast<char*>(VIGIE_BINARY)};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execv(VIGIE_BINARY, argv.data());
  _exit(127);
}

}  // namespace

Outcome run_vigie(const std::vector<std::string>& arguments, const std::string& input,
                  const std::vector<std::string>& environment, const fs::path& interrupt_when) {
  const fs::path work = fresh_folder("run");
  write_file(work / "in", input);
  const pid_t child = fork();
  if (child == 0) become_vigie(work, arguments, environment);
  if (!interrupt_when.empty()) {
    for (int turn = 0; turn < 1200 && !fs::exists(interrupt_when); ++turn) usleep(50'000);
    kill(child, SIGINT);
  }
  int status = 0;
  waitpid(child, &status, 0);
  Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(work / "out"),
                  read_file(work / "err")};
  fs::remove_all(work);
  return outcome;
}

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  const std::size_t start = text.rfind('\n', end);
  return text.substr(start == std::string::npos ? 0 : start + 1, end - start);
}

void expect_error(const Outcome& outcome, int code, const std::vector<std::string>& fragments) {
  EXPECT_EQ(outcome.code, code) << outcome.err;
  const std::string line = last_line(outcome.err);
  EXPECT_THAT(line, testing::StartsWith("error: "));
  for (const std::string& fragment : fragments) EXPECT_THAT(line, testing::HasSubstr(fragment));
}

fs::path fresh_folder(const std::string& name) {
  static Leftovers leftovers;
  std::string pattern = (fs::temp_directory_path() / ("vigie_" + name + "_XXXXXX")).string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  leftovers.folders.emplace_back(pattern);
  return pattern;
}

fs::path demo_part() {
  static const fs::path root = [] {
    const fs::path folder = fresh_folder("demo");
    const Outcome made = run_vigie({"dataset", "make-demo", folder.string(), "--products", "turned_part", "--size",
                                    "64", "--train", "16", "--test-good", "4", "--test-per-defect", "2"});
    EXPECT_EQ(made.code, 0) << made.err;
    return folder / "turned_part";
  }();
  return root;
}

fs::path demo_model() {
  static const fs::path model = [] {
    const fs::path path = fresh_folder("model") / "part.vigie";
    const Outcome fitted = run_vigie({"fit", demo_part().string(), "-o", path.string(), "-b", "filters", "--image-size",
                                      "64", "--set", "coreset_ratio=0.1"});
    EXPECT_EQ(fitted.code, 0) << fitted.err;
    return path;
  }();
  return model;
}

std::vector<std::string> files_below(const fs::path& folder) {
  std::vector<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) out.push_back(entry.path().lexically_relative(folder).string());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace vigie::cli_test
