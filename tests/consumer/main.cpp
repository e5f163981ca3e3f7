// The smallest program on the installed library: lists the methods, and inspects one image when a model is given.
#include <cstdio>

#include "vigie/data/part_reading.h"
#include "vigie/pipeline/inspector.h"

int main(int argc, char** argv) {
  for (const vigie::DetectorInfo& info : vigie::detectors()) std::printf("%s\n", info.name.c_str());
  if (argc < 3) return 0;
  const vigie::Inspector inspector(vigie::load_model(argv[1]));
  std::printf("%g\n", inspector.inspect(vigie::read_part(argv[2], inspector.preprocess(), {}).image).score);
  return 0;
}
