#pragma once

#include <memory>
#include <string>

#include "vigie/training/training_log.h"

namespace vigie {

/// A run on an MLflow tracking server at `uri`, http://host[:port] or https://…, in `experiment` (created when it does
/// not exist), through MLflow's REST API 2.0. The run is opened at once; `run_name` empty: the server invents a name.
///   params      values as text, cut to 500 characters
///   scalar      metrics, sent in batches: after a second, at 100 of them, and at the end. MLflow's pages fail on NaN
///               and it stores infinities as other numbers, so these are left out, with one warning
///   artefact    through the server's artefact proxy, or copied when the run's artefacts lie in a folder
///   finish      FINISHED or FAILED; a log destroyed without it ends its run as FAILED
/// Images and histograms are not recorded. Names keep ASCII letters, digits and "_-. /"; other bytes become "_".
///
/// Throws InvalidArgument, before anything slow, when `uri` is something else. A server that cannot be reached or
/// refuses is one warning with the address and the reason; then nothing is sent any more, so a step waits once for a
/// server that fails, 3 s for a connection or 10 s for an answer; a slow one holds up each batch that is sent. An
/// artefact that cannot be stored is one warning of its own.
std::unique_ptr<TrainingLog> make_mlflow_log(const std::string& uri, const std::string& experiment,
                                             const std::string& run_name);

}  // namespace vigie
