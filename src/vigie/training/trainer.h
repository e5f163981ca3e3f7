#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "vigie/core/progress.h"
#include "vigie/data/dataset.h"
#include "vigie/imaging/preprocess.h"
#include "vigie/io/image.h"
#include "vigie/nn/passes.h"
#include "vigie/training/history.h"
#include "vigie/training/training_log.h"

namespace vigie {

/// Everything one training run depends on. Equal requests give equal networks on the same machine and threads.
struct TrainingRequest {
  std::string method;           ///< name in the table of detectors, "fastflow"
  nlohmann::json options;       ///< complete options of the method
  std::vector<Sample> samples;  ///< all the run may see, each with its label; good ones for the methods of today
  std::int64_t validation = 0;  ///< the last so many of them validate; 0: the share that the options say, drawn
  Preprocess preprocess;        ///< of the served network's input
  ImageReadOptions reading;
  nn::Network backbone;  ///< frozen or starting weights, outputs = the layers the method asked for; may be empty
  std::uint64_t seed = 0;
  std::filesystem::path checkpoint;  ///< written while training, removed by nobody; empty: none
  double checkpoint_seconds = 60;    ///< between two checkpoints
  bool resume = false;               ///< go on from `checkpoint` when it exists; else it must not
  TrainingLog* log = nullptr;        ///< may be null
};

struct TrainingResult {
  nn::Network network;  ///< to be served: input image -> the layers the detector wants, in its order
  TrainingHistory history;
  double earlier_seconds = 0;  ///< of training before it was stopped and went on
};

struct DistillRequest;  // training/distill.h

/// Trains the networks of methods that need it. Implemented by learn/ with libtorch; a program without it passes null.
class Trainer {
 public:
  virtual ~Trainer() = default;
  /// Throws InvalidArgument (too few images, nothing left to validate on, a checkpoint that would be lost), BadFile (a
  /// checkpoint of another run), Internal (the loss is not a number, with its step), Cancelled (a resumable checkpoint
  /// stays). A checkpoint that cannot be written is a warning.
  virtual TrainingResult train(const TrainingRequest& request, const RunContext& context) const = 0;
  /// Teaches request.student; the result is with_metric(student) with its weights. Throws alike.
  virtual TrainingResult distill(const DistillRequest& request, const RunContext& context) const = 0;
};

}  // namespace vigie
