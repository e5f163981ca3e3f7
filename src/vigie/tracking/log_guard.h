#pragma once

#include <exception>
#include <string>
#include <utility>

#include "vigie/core/log.h"

namespace vigie {

/// Keeps the troubles of a log away from the training: the first exception of an action becomes one warning, later
/// actions are not run. Internal to tracking/; one thread.
class LogGuard {
 public:
  /// The warning reads "<subject>: <reason>; <consequence>".
  LogGuard(std::string subject, std::string consequence)
      : subject_(std::move(subject)), consequence_(std::move(consequence)) {}

  template <typename Action>
  void run(Action&& action) {
    if (quiet_) return;
    try {
      action();
    } catch (const std::exception& error) {
      give_up(error.what());
    }
  }
  void give_up(const std::string& reason) {
    if (!quiet_) log_warning("{}: {}; {}", subject_, reason, consequence_);
    quiet_ = true;
  }
  bool quiet() const { return quiet_; }

 private:
  std::string subject_;
  std::string consequence_;
  bool quiet_ = false;
};

}  // namespace vigie
