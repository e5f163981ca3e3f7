#include "vigie/core/error.h"

namespace vigie {

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::InvalidArgument:
      return 2;
    case ErrorKind::NotFound:
      return 3;
    case ErrorKind::BadFile:
      return 4;
    case ErrorKind::Unsupported:
      return 5;
    case ErrorKind::Io:
      return 6;
    case ErrorKind::Cancelled:
      return 130;
    case ErrorKind::Internal:
      return 70;
  }
  return 70;
}

}  // namespace vigie
