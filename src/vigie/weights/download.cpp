#include "vigie/weights/download.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <vector>

#include "vigie/core/error.h"
#include "vigie/weights/sha256.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;

/// Removes its file unless the file was renamed away.
class TemporaryFile {
 public:
  explicit TemporaryFile(fs::path path) : path_(std::move(path)) {}
  ~TemporaryFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// A program found through PATH, started without a shell; killed and reaped when the object goes away first.
class ChildProcess {
 public:
  explicit ChildProcess(std::vector<std::string> command) {
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    start_error_ = posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (start_error_ != 0) pid_ = -1;
  }
  ~ChildProcess() {
    if (pid_ < 0) return;
    kill(pid_, SIGTERM);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// 0, or the errno of a program that could not be started.
  int start_error() const { return start_error_; }

  /// Exit code; 128 + signal when a signal ended it. Throws Cancelled on a stop request.
  int wait(const RunContext& context) {
    int status = 0;
    while (waitpid(pid_, &status, WNOHANG) == 0) {
      context.check_cancelled("download");
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  int start_error_ = 0;
};

std::string reason_of(int curl_exit) {
  switch (curl_exit) {
    case 5:
      return "the proxy's name is unknown";
    case 6:
      return "the server's name could not be resolved; is there a network?";
    case 7:
      return "no connection to the server";
    case 22:
      return "the server refused the request";
    case 23:
      return "the file could not be written";
    case 28:
      return "the time ran out";
    case 35:
    case 60:
      return "no trusted TLS connection";
    default:
      return "the transfer failed";
  }
}

std::vector<std::string> curl_command(const std::string& url, const fs::path& output) {
  std::vector<std::string> command{
      "curl",          "--fail",  "--location", "--proto",           "=https", "--proto-redir",
      "=https",        "--retry", "2",          "--connect-timeout", "30",     "--output",
      output.string(), "--url",   url};
  const bool person_watches = isatty(STDERR_FILENO) == 1;
  if (person_watches) {
    command.emplace_back("--progress-bar");
  } else {
    command.insert(command.end(), {"--silent", "--show-error"});
  }
  return command;
}

void run_curl(const std::string& url, const fs::path& output, const fs::path& target, const RunContext& context) {
  const std::string by_hand = fmt::format("download {} by other means and save it as {}", url, target.string());
  ChildProcess curl(curl_command(url, output));
  if (curl.start_error() != 0) {
    fail(ErrorKind::Io, "download", "the program curl cannot be started ({}); install it, or {}",
         std::generic_category().message(curl.start_error()), by_hand);
  }
  const int code = curl.wait(context);
  context.check_cancelled("download");  // Ctrl-C reaches curl as well, which then ends by itself
  if (code != 0) fail(ErrorKind::Io, "download", "curl: {} (exit {}); {}", reason_of(code), code, by_hand);
}

}  // namespace

void download_verified(const std::string& url, const std::string& sha256, const fs::path& target,
                       const RunContext& context) {
  std::error_code error;
  fs::create_directories(target.parent_path(), error);
  if (error) {
    fail(ErrorKind::Io, "download", "{}: cannot be created: {}", target.parent_path().string(), error.message());
  }
  const TemporaryFile temporary(target.parent_path() /
                                fmt::format(".{}.{}.part", target.filename().string(), getpid()));
  run_curl(url, temporary.path(), target, context);
  const std::string found = sha256_of(temporary.path());
  if (!found.starts_with(sha256)) {
    fail(ErrorKind::BadFile, "download", "{}: the SHA-256 is {} but should begin with {}; the file was thrown away",
         url, found, sha256);
  }
  fs::rename(temporary.path(), target, error);
  if (error) fail(ErrorKind::Io, "download", "{}: cannot be written: {}", target.string(), error.message());
}

}  // namespace vigie
