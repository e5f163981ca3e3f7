#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>

#include "vigie/cli/command.h"
#include "vigie/cli/config_file.h"
#include "vigie/cli/interrupt.h"
#include "vigie/cli/terminal.h"
#include "vigie/cli/trainer.h"
#include "vigie/core/cpu.h"
#include "vigie/core/error.h"
#include "vigie/core/log.h"
#include "vigie/core/options.h"
#include "vigie/core/threads.h"
#include "vigie/pipeline/version.h"

namespace vigie::cli {

namespace {

const std::vector<Command>& commands() {
  static const std::vector<Command> table = {
      fit_command(),       predict_command(), evaluate_command(), benchmark_command(), bench_command(),
      calibrate_command(), cascade_command(), dataset_command(),  weights_command(),   distill_command(),
      detectors_command(), info_command(),    latent_command()};
  return table;
}

constexpr const char* kFooter =
    "Exit codes: 0 done, 1 the answer is no (dataset check), 2 wrong argument, 3 not found, 4 bad file,\n"
    "5 unsupported here, 6 the system refused (disk full, permission), 10 some images could not be inspected or\n"
    "some results not written, 70 internal fault, 130 cancelled.";

struct Globals {
  int threads = 0;
  bool quiet = false;
  bool verbose = false;
  std::string config;  ///< only for --help: expand_config() has replaced it before the parse
};

void add_globals(CLI::App& app, Globals& globals) {
  app.add_option("--threads", globals.threads, "processor threads to use; 0 = all")->check(CLI::Range(0, 1024));
  app.add_flag("-q,--quiet", globals.quiet, "no progress, no log; results and errors only");
  app.add_flag("-v,--verbose", globals.verbose, "more log lines: what a model is, where the time of each part goes");
  app.add_option("--config", globals.config, "JSON file with the same names as the flags; flags win");
}

// Names of flags and subcommands that could have been meant at `app`.
std::vector<std::string> known_words(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    words.push_back(sub->get_name());
  return words;
}

const CLI::App& deepest_parsed(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? app : deepest_parsed(*parsed.front());
}

std::string path_of(const CLI::App& app) {
  return app.get_parent() == nullptr ? "vigie" : path_of(*app.get_parent()) + " " + app.get_name();
}

int report_usage(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& where = deepest_parsed(app);
  std::string text = error.what();
  const auto extras = app.remaining(true);
  if (!extras.empty())
    text = fmt::format("unknown argument '{}'{}", extras.front(), suggestion(extras.front(), known_words(where)));
  for (char& c : text) c = c == '\n' ? ' ' : c;
  fmt::print(stderr, "error: {} (see '{} --help')\n", text, path_of(where));
  return exit_code(ErrorKind::InvalidArgument);
}

int run(int argc, char** argv) {
  remember_arguments(argv);
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is then an error of the write, with its file's name
  CLI::App app{"vigie: learns good parts from images, finds what is abnormal and where", "vigie"};
  app.set_version_flag("--version", fmt::format("vigie {}", kVersion));
  app.require_subcommand(1);
  app.footer(kFooter);
  Globals globals;
  add_globals(app, globals);
  app.fallthrough();

  std::vector<std::pair<CLI::App*, std::function<int(const Session&)>>> entries;
  for (const Command& command : commands()) {
    CLI::App* sub = app.add_subcommand(command.name, command.summary);
    sub->footer("Example:\n  " + command.example);
    entries.emplace_back(sub, command.add(*sub));
  }
  const std::vector<std::string> given(argv + 1, argv + argc);
  std::vector<std::string> arguments = expand_config(given);
  std::reverse(arguments.begin(), arguments.end());  // the order this CLI11 call wants
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return report_usage(app, error);
  }
  if (globals.quiet) set_log_level(LogLevel::Warning);
  if (globals.verbose) set_log_level(LogLevel::Debug);
  const InterruptWatcher interrupts;
  set_thread_budget(globals.threads);
  log_debug("vigie {}, {} threads", kVersion, thread_budget());
  const Session session{RunContext(interrupts.token(), globals.quiet ? nullptr : progress_printer()),
                        config_path(given)};
  for (const auto& [sub, action] : entries)
    if (sub->parsed()) return action(session);
  return 0;
}

// A closed standard stream would give its number to the next file opened, and results would be written into that.
// Standard output becomes one that refuses: results must not vanish in silence.
void fill_closed_streams() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(number, F_GETFD) < 0) (void)open("/dev/null", number == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

int fail_with(int code, const char* text) {
  end_progress_line();
  fmt::print(stderr, "error: {}\n", text);
  return code;
}

}  // namespace

}  // namespace vigie::cli

int main(int argc, char** argv) {
  using vigie::ErrorKind;
  vigie::cli::fill_closed_streams();
  if (const char* lacking = vigie::instructions_lacking())
    return vigie::cli::fail_with(
        vigie::exit_code(ErrorKind::Unsupported),
        fmt::format("this build of vigie needs a processor with {}; rebuild with -DVIGIE_MARCH=x86-64", lacking)
            .c_str());
  try {
    return vigie::cli::run(argc, argv);
  } catch (const vigie::Error& error) {
    return vigie::cli::fail_with(vigie::exit_code(error.kind()), error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    return vigie::cli::fail_with(vigie::exit_code(ErrorKind::Io),
                                 fmt::format("{}: {}", error.path1().string(), error.code().message()).c_str());
  } catch (const std::bad_alloc&) {
    return vigie::cli::fail_with(vigie::exit_code(ErrorKind::Io),
                                 "out of memory; smaller images or a smaller --set …coreset_ratio help");
  } catch (const std::exception& error) {
    return vigie::cli::fail_with(vigie::exit_code(ErrorKind::Internal), error.what());
  }
}
