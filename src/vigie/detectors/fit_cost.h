#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vigie {

struct LayerShape;

/// What a fit will learn from, before there are features.
struct FitSize {
  const std::vector<LayerShape>& layout;  ///< of the features
  std::int64_t images = 0;                ///< N
  bool exact = false;                     ///< the picks come from features in F32 beside those of a lower precision
};

/// What a fit of that size costs, from shapes alone.
struct FitCost {
  std::int64_t bytes =
      0;  ///< held at once at most while it learns, with what it keeps, without the features given to it
  std::int64_t kept_bytes = 0;  ///< of the fitted detector
  /// Of fit(), and of predict() an image. Only the ratio of two sizes means anything: time measured on few images times
  /// it is the time of many. 1 is about a nanosecond of one core.
  double fit_work = 0, predict_work = 0;
  std::string what;    ///< "learning 640 patches of 36 dimensions"
  std::string remedy;  ///< "use fewer images": what needs less memory
};

/// Throws InvalidArgument when `cost` is more memory than is available; see check_memory().
void require_memory(const std::string& detector, const FitCost& cost);

}  // namespace vigie
