// The smallest program on the installed library: opens a model and inspects one image.
#include <cstdio>

#include "vigie/data/part_reading.h"
#include "vigie/pipeline/inspector.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: consumer model.vigie image\n");
    return 2;
  }
  const vigie::Inspector inspector = vigie::open_inspector(argv[1]);
  const vigie::Verdict verdict = inspector.inspect(vigie::read_part(argv[2], inspector.preprocess(), {}).image);
  std::printf("%.2f %s\n", verdict.score, verdict.anomalous ? "anomalous" : "good");
  return 0;
}
