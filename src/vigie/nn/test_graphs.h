#pragma once

#include <gtest/gtest.h>

#include <string>

#include "vigie/core/error.h"
#include "vigie/nn/builder.h"

namespace vigie::nn {

/// A small network with a residual block: outputs "stem" [B H/2 W/2 8] and "block", same shape.
inline Graph residual_graph() {
  GraphBuilder b;
  Ref x = b.input(3);
  x = b.relu(b.batch_norm("bn1", b.conv("conv1", x, {.out = 8, .kernel = 3, .stride = 2})));
  b.output("stem", x);
  const Ref y = b.batch_norm("bn2", b.conv("conv2", x, {.out = 8, .kernel = 3, .groups = 2}));
  b.output("block", b.relu(b.add(x, y)));
  return b.build();
}

/// Kind and message of the Error that `action` throws; fails the test when it throws none.
template <typename Action>
std::pair<ErrorKind, std::string> error_of(const Action& action) {
  try {
    action();
  } catch (const Error& e) {
    return {e.kind(), e.what()};
  }
  ADD_FAILURE() << "no error";
  return {ErrorKind::Internal, ""};
}

}  // namespace vigie::nn
