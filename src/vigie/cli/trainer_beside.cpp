#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "vigie/cli/trainer.h"
#include "vigie/core/error.h"

namespace vigie::cli {

namespace {

char** arguments = nullptr;

}  // namespace

void remember_arguments(char** argv) {
  arguments = argv;
}

const Trainer& require_trainer() {
  std::error_code unknown;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", unknown);
  const std::filesystem::path program = self.parent_path() / "vigie-learn";
  if (unknown || !std::filesystem::exists(program))
    fail(
        ErrorKind::Unsupported, "train",
        "this build of vigie cannot train networks: {} is missing (build with VIGIE_LEARN=ON and libtorch); it can run "
        "what was trained elsewhere",
        program.string());
  ::execv(program.c_str(), arguments);
  fail(ErrorKind::Io, "train", "{} does not start: {}", program.string(), std::strerror(errno));
}

}  // namespace vigie::cli
